-- Sessions, their turns, their log, their agents' transcripts, and the runners that hold them.
--
-- agent_sessions is the brief's table under its own name, so the brief's SQL works on it as it stands.
-- Its hot columns are in no index (a batch of events must stay a HOT update), hence the fill factor.
CREATE TABLE agent_sessions (
  id               text PRIMARY KEY,
  sdk_session_id   text,
  pattern          text NOT NULL CHECK (pattern IN ('ephemeral', 'long-running', 'hybrid', 'single-container')),
  status           text NOT NULL CHECK (status IN ('initializing', 'active', 'idle', 'completed', 'error', 'terminated')),
  status_reason    text CHECK (status_reason IN ('user_requested', 'idle_timeout', 'lifetime_exceeded', 'budget_exceeded', 'max_turns', 'error')),
  config           jsonb NOT NULL DEFAULT '{}',
  conversation_id  jsonb,
  created_at       timestamptz NOT NULL DEFAULT now(),
  started_at       timestamptz,
  last_activity_at timestamptz NOT NULL DEFAULT now(),
  completed_at     timestamptz,
  terminated_at    timestamptz,
  total_cost       numeric(20, 9) NOT NULL DEFAULT 0,
  total_tokens     bigint NOT NULL DEFAULT 0,
  num_turns        integer NOT NULL DEFAULT 0,
  tools_used       text[] NOT NULL DEFAULT '{}',
  max_idle_time_ms bigint,
  max_lifetime_ms  bigint,
  max_budget_usd   numeric(20, 9),
  max_turns        integer,
  tags             text[] NOT NULL DEFAULT '{}',
  description      text,
  user_id          text,
  isolation        text,
  last_event_seq   bigint NOT NULL DEFAULT 0,
  -- Turns queued or running; kept here so that a change needs no count.
  pending_turns    integer NOT NULL DEFAULT 0 CHECK (pending_turns >= 0),
  -- Whether the session ought to be on a runner; runner_id and epoch say whether it is.
  wants_runner     boolean NOT NULL DEFAULT false,
  runner_id        text,
  -- Its runner has been told to let go of it, and has not yet said that it has.
  releasing        boolean NOT NULL DEFAULT false,
  epoch            integer NOT NULL DEFAULT 0,
  last_batch       integer NOT NULL DEFAULT 0,
  -- The earliest time at which something may be due. It may be too early (activity does not move it), never too late.
  next_deadline_at timestamptz,
  resumed_from     text
) WITH (fillfactor = 75);

CREATE INDEX agent_sessions_created ON agent_sessions (created_at DESC, id DESC);
CREATE INDEX agent_sessions_user ON agent_sessions (user_id, created_at DESC) WHERE user_id IS NOT NULL;
CREATE INDEX agent_sessions_status ON agent_sessions (status, created_at DESC);
CREATE INDEX agent_sessions_pattern ON agent_sessions (pattern, created_at DESC);
CREATE INDEX agent_sessions_tags ON agent_sessions USING gin (tags);
CREATE INDEX agent_sessions_conversation ON agent_sessions ((conversation_id #>> '{}'), created_at DESC) WHERE conversation_id IS NOT NULL;
CREATE INDEX agent_sessions_sdk_session ON agent_sessions (sdk_session_id) WHERE sdk_session_id IS NOT NULL;
CREATE INDEX agent_sessions_deadline ON agent_sessions (next_deadline_at) WHERE next_deadline_at IS NOT NULL;
CREATE INDEX agent_sessions_unplaced ON agent_sessions (created_at) WHERE wants_runner AND runner_id IS NULL;
CREATE INDEX agent_sessions_runner ON agent_sessions (runner_id) WHERE runner_id IS NOT NULL;

-- json, not jsonb, for what an agent wrote: it is kept as it came, and jsonb cannot hold \u0000.
CREATE TABLE session_turns (
  id          text PRIMARY KEY,
  session_id  text NOT NULL REFERENCES agent_sessions (id) ON DELETE CASCADE,
  ordinal     bigint GENERATED ALWAYS AS IDENTITY,
  agent       text NOT NULL,
  -- The agent that sent it, or null for a message from outside; depth counts how many agents stand between.
  from_agent  text,
  depth       integer NOT NULL DEFAULT 0,
  status      text NOT NULL CHECK (status IN ('queued', 'running', 'succeeded', 'failed', 'cancelled', 'interrupted')),
  prompt      json NOT NULL,
  attempt     integer NOT NULL DEFAULT 1,
  -- The lease under which it was last given to a runner.
  epoch       integer,
  created_at  timestamptz NOT NULL DEFAULT now(),
  started_at  timestamptz,
  finished_at timestamptz,
  cost        numeric(20, 9) NOT NULL DEFAULT 0,
  tokens      bigint NOT NULL DEFAULT 0,
  num_turns   integer NOT NULL DEFAULT 0,
  response    text,
  result      json,
  error       json
);
CREATE INDEX session_turns_session ON session_turns (session_id, ordinal);
CREATE INDEX session_turns_pending ON session_turns (session_id, agent, ordinal) WHERE status IN ('queued', 'running');

CREATE TABLE session_events (
  session_id text NOT NULL REFERENCES agent_sessions (id) ON DELETE CASCADE,
  seq        bigint NOT NULL,
  type       text NOT NULL,
  at         timestamptz NOT NULL,
  agent      text,
  turn_id    text,
  data       json NOT NULL,
  PRIMARY KEY (session_id, seq)
);

CREATE TABLE session_agents (
  session_id     text NOT NULL REFERENCES agent_sessions (id) ON DELETE CASCADE,
  name           text NOT NULL,
  sdk_session_id text,
  -- Used at the agent's first start only: cut the transcript here, and fork it.
  resume_at      text,
  fork           boolean NOT NULL DEFAULT false,
  PRIMARY KEY (session_id, name)
);

CREATE TABLE transcript_entries (
  session_id     text NOT NULL REFERENCES agent_sessions (id) ON DELETE CASCADE,
  sdk_session_id text NOT NULL,
  subpath        text NOT NULL DEFAULT '',
  n              bigint GENERATED ALWAYS AS IDENTITY,
  uuid           text,
  entry          json NOT NULL,
  PRIMARY KEY (session_id, sdk_session_id, subpath, n)
);
CREATE UNIQUE INDEX transcript_entries_uuid ON transcript_entries (session_id, sdk_session_id, subpath, uuid) WHERE uuid IS NOT NULL;

CREATE TABLE runners (
  id         text PRIMARY KEY,
  version    text NOT NULL,
  capacity   integer NOT NULL,
  labels     text[] NOT NULL DEFAULT '{}',
  isolation  text NOT NULL,
  joined_at  timestamptz NOT NULL DEFAULT now(),
  -- A runner's sessions are its own until then; one row moves for all of its leases.
  expires_at timestamptz NOT NULL
);

-- What deleted sessions leave in the statistics, whoever deleted them: one row each, compacted in the background.
CREATE TABLE deleted_session_stats (
  day         date NOT NULL,
  pattern     text NOT NULL,
  status      text NOT NULL,
  user_id     text,
  tags        text[] NOT NULL,
  sessions    bigint NOT NULL,
  cost        numeric(24, 9) NOT NULL,
  tokens      bigint NOT NULL,
  duration_ms bigint NOT NULL
);
CREATE INDEX deleted_session_stats_day ON deleted_session_stats (day);

CREATE FUNCTION keep_deleted_session_stats() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO deleted_session_stats
    SELECT (created_at AT TIME ZONE 'UTC')::date, pattern, status, user_id, tags, count(*), sum(total_cost), sum(total_tokens),
           sum((extract(epoch FROM coalesce(completed_at, terminated_at, now()) - created_at) * 1000)::bigint)
    FROM gone GROUP BY 1, 2, 3, 4, 5;
  RETURN NULL;
END $$;
CREATE TRIGGER agent_sessions_deleted AFTER DELETE ON agent_sessions
  REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION keep_deleted_session_stats();

-- Secrets that every replica must share, such as the one that signs session tokens.
CREATE TABLE server_secrets (
  name  text PRIMARY KEY,
  value text NOT NULL
);
