-- Money: every model call is a row of the ledger, written as it begins and settled before its answer ends; what was spent, by
-- hour; and what may be spent.
CREATE TABLE model_calls (
  id              text PRIMARY KEY,
  -- None of these is a reference: the ledger outlives what it speaks of.
  session_id      text NOT NULL,
  agent           text NOT NULL,
  turn_id         text,
  key_id          text,
  user_id         text,
  pattern         text NOT NULL,
  tags            text[] NOT NULL,
  model           text NOT NULL,
  upstream        text,
  stream          boolean NOT NULL,
  started_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
  -- Said again and again by the server that carries the call: when it falls silent, the call is settled without it.
  alive_at        timestamptz NOT NULL DEFAULT clock_timestamp(),
  settled_at      timestamptz,
  -- open; done; error: the upstream refused it or broke off; cut: by a budget; aborted: its caller went; lost: with its server.
  outcome         text NOT NULL DEFAULT 'open' CHECK (outcome IN ('open', 'done', 'error', 'cut', 'aborted', 'lost')),
  http_status     integer,
  request_id      text,
  first_byte_ms   integer,
  total_ms        integer,
  input_tokens          bigint NOT NULL DEFAULT 0,
  output_tokens         bigint NOT NULL DEFAULT 0,
  cache_write_5m_tokens bigint NOT NULL DEFAULT 0,
  cache_write_1h_tokens bigint NOT NULL DEFAULT 0,
  cache_read_tokens     bigint NOT NULL DEFAULT 0,
  web_searches          bigint NOT NULL DEFAULT 0,
  -- USD per million tokens, as it was used.
  price           jsonb NOT NULL,
  cost            numeric(20, 9) NOT NULL DEFAULT 0,
  -- Not from the provider's own count of the whole call.
  estimated       boolean NOT NULL DEFAULT false,
  -- Held back from budgets while it is open.
  reserved        numeric(20, 9) NOT NULL
);
CREATE INDEX model_calls_session ON model_calls (session_id, started_at);
CREATE INDEX model_calls_started ON model_calls (started_at);
CREATE INDEX model_calls_open ON model_calls (alive_at) WHERE settled_at IS NULL;

-- What was spent, by hour of the call's beginning. Kept when sessions and calls are gone.
CREATE TABLE usage_hours (
  hour            timestamptz NOT NULL,
  session_id      text NOT NULL,
  agent           text NOT NULL,
  model           text NOT NULL,
  key_id          text,
  user_id         text,
  pattern         text NOT NULL,
  tags            text[] NOT NULL,
  calls           bigint NOT NULL,
  input_tokens          bigint NOT NULL,
  output_tokens         bigint NOT NULL,
  cache_write_5m_tokens bigint NOT NULL,
  cache_write_1h_tokens bigint NOT NULL,
  cache_read_tokens     bigint NOT NULL,
  web_searches          bigint NOT NULL,
  cost            numeric(20, 9) NOT NULL,
  -- The part of the cost that is estimated.
  estimated_cost  numeric(20, 9) NOT NULL,
  PRIMARY KEY (session_id, hour, agent, model)
);
CREATE INDEX usage_hours_hour ON usage_hours (hour);
CREATE INDEX usage_hours_user ON usage_hours (user_id, hour) WHERE user_id IS NOT NULL;

-- What may be spent beside each session's own budget: by one user, with one key, or by all.
CREATE TABLE budgets (
  id           text PRIMARY KEY,
  scope        text NOT NULL CHECK (scope IN ('user', 'key', 'all')),
  -- The user or the key; empty for all.
  label        text NOT NULL,
  -- Days and months are those of UTC.
  period       text NOT NULL CHECK (period IN ('day', 'month', 'total')),
  limit_usd    numeric(20, 9) NOT NULL CHECK (limit_usd >= 0),
  -- What was spent in the period that began then; of a later one nothing yet.
  period_start timestamptz NOT NULL,
  spent        numeric(20, 9) NOT NULL,
  -- Held back for calls that are open.
  reserved     numeric(20, 9) NOT NULL DEFAULT 0,
  -- The highest percentage that was told of in this period.
  warned       integer NOT NULL DEFAULT 0,
  created_at   timestamptz NOT NULL DEFAULT now(),
  UNIQUE (scope, label, period)
);

ALTER TABLE agent_sessions
  ADD COLUMN on_budget     text NOT NULL DEFAULT 'terminate' CHECK (on_budget IN ('terminate', 'pause')),
  -- Waits for its budget to be raised.
  ADD COLUMN paused        boolean NOT NULL DEFAULT false,
  ADD COLUMN budget_warned integer NOT NULL DEFAULT 0,
  ADD COLUMN reserved_cost numeric(20, 9) NOT NULL DEFAULT 0,
  ADD COLUMN key_id        text;
-- What the SDK says that the turn cost, beside the ledger's own figure.
ALTER TABLE session_turns ADD COLUMN sdk_cost numeric(20, 9);
