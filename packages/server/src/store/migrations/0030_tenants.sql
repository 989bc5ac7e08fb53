-- Tenants: everything that belongs to somebody says to whom. What was there before belongs to `default`, the operator's own.
ALTER TABLE agent_sessions ADD COLUMN tenant text NOT NULL DEFAULT 'default';

-- Lists and their indexes begin with the tenant: what others have costs nobody anything.
DROP INDEX agent_sessions_created, agent_sessions_user, agent_sessions_status, agent_sessions_pattern, agent_sessions_conversation,
  agent_sessions_pattern_status, agent_sessions_user_status, agent_sessions_paused;
CREATE INDEX agent_sessions_created ON agent_sessions (tenant, created_at DESC, id DESC);
CREATE INDEX agent_sessions_user ON agent_sessions (tenant, user_id, created_at DESC) WHERE user_id IS NOT NULL;
CREATE INDEX agent_sessions_status ON agent_sessions (tenant, status, created_at DESC);
CREATE INDEX agent_sessions_pattern ON agent_sessions (tenant, pattern, created_at DESC);
CREATE INDEX agent_sessions_pattern_status ON agent_sessions (tenant, pattern, status, created_at DESC);
CREATE INDEX agent_sessions_user_status ON agent_sessions (tenant, user_id, status, created_at DESC) WHERE user_id IS NOT NULL;
CREATE INDEX agent_sessions_conversation ON agent_sessions (tenant, (conversation_id #>> '{}'), created_at DESC) WHERE conversation_id IS NOT NULL;
CREATE INDEX agent_sessions_paused ON agent_sessions (tenant, created_at DESC, id DESC) WHERE paused;

ALTER TABLE session_tags ADD COLUMN tenant text NOT NULL DEFAULT 'default';
ALTER TABLE session_tags DROP CONSTRAINT session_tags_pkey, ADD PRIMARY KEY (tenant, tag, created_at, session_id);
CREATE OR REPLACE FUNCTION keep_session_tags() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN
    DELETE FROM session_tags WHERE tenant = OLD.tenant AND tag = ANY (OLD.tags) AND created_at = OLD.created_at AND session_id = OLD.id;
  END IF;
  IF TG_OP <> 'DELETE' THEN
    INSERT INTO session_tags (tenant, tag, created_at, session_id) SELECT DISTINCT NEW.tenant, tag, NEW.created_at, NEW.id FROM unnest(NEW.tags) AS tag WHERE tag IS NOT NULL;
  END IF;
  RETURN NULL;
END $$;

-- Sums, each tenant's its own.
ALTER TABLE session_deltas ADD COLUMN tenant text NOT NULL DEFAULT 'default';
ALTER TABLE session_sums ADD COLUMN tenant text NOT NULL DEFAULT 'default';
ALTER TABLE session_sums DROP CONSTRAINT session_sums_pkey, ADD PRIMARY KEY (tenant, scope, label, pattern, status);
ALTER TABLE session_shares ADD COLUMN tenant text NOT NULL DEFAULT 'default';
ALTER TABLE session_shares DROP CONSTRAINT session_shares_pkey, ADD PRIMARY KEY (tenant, scope, label, kind, name);
DROP INDEX session_shares_top;
CREATE INDEX session_shares_top ON session_shares (tenant, scope, label, kind, cost DESC);
ALTER TABLE deleted_session_stats ADD COLUMN tenant text NOT NULL DEFAULT 'default';
ALTER TABLE deleted_session_stats DROP CONSTRAINT deleted_session_stats_pkey, ADD PRIMARY KEY (tenant, day, pattern, status, labels);
CREATE OR REPLACE FUNCTION note_session_sums() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN
    INSERT INTO session_deltas VALUES (
      OLD.pattern, OLD.status, OLD.user_id, OLD.tags, -1, -1, -OLD.total_cost, -OLD.total_tokens,
      CASE WHEN coalesce(OLD.completed_at, OLD.terminated_at) IS NULL THEN -1 ELSE 0 END,
      CASE WHEN coalesce(OLD.completed_at, OLD.terminated_at) IS NULL THEN -1000 * extract(epoch FROM OLD.created_at) ELSE 0 END,
      coalesce(1000 * extract(epoch FROM OLD.created_at - coalesce(OLD.completed_at, OLD.terminated_at)), 0), NULL, OLD.tenant);
  END IF;
  IF TG_OP <> 'DELETE' THEN
    INSERT INTO session_deltas VALUES (
      NEW.pattern, NEW.status, NEW.user_id, NEW.tags, 1, 1, NEW.total_cost, NEW.total_tokens,
      CASE WHEN coalesce(NEW.completed_at, NEW.terminated_at) IS NULL THEN 1 ELSE 0 END,
      CASE WHEN coalesce(NEW.completed_at, NEW.terminated_at) IS NULL THEN 1000 * extract(epoch FROM NEW.created_at) ELSE 0 END,
      coalesce(1000 * extract(epoch FROM coalesce(NEW.completed_at, NEW.terminated_at) - NEW.created_at), 0), NULL, NEW.tenant);
  ELSE
    INSERT INTO session_deltas VALUES (
      OLD.pattern, OLD.status, OLD.user_id, OLD.tags, 1, 0, OLD.total_cost, OLD.total_tokens, 0, 0,
      1000 * extract(epoch FROM coalesce(OLD.completed_at, OLD.terminated_at, now()) - OLD.created_at),
      (OLD.created_at AT TIME ZONE 'UTC')::date, OLD.tenant);
  END IF;
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION fold_session_sums(at_most integer) RETURNS integer LANGUAGE plpgsql SET work_mem = '32MB' AS $$
DECLARE
  took integer;
BEGIN
  IF NOT pg_try_advisory_xact_lock(hashtextextended('fold_session_sums', 0)) THEN RETURN 0; END IF;
  WITH taken AS (
    DELETE FROM session_deltas WHERE ctid = ANY (ARRAY(SELECT ctid FROM session_deltas LIMIT at_most)) RETURNING *
  ), gone AS (
    INSERT INTO deleted_session_stats AS kept (tenant, day, pattern, status, user_id, tags, labels, sessions, cost, tokens, duration_ms)
    SELECT tenant, gone_day, pattern, status, user_id, tags, sha256(convert_to(jsonb_build_array(user_id, tags)::text, 'UTF8')),
           sum(sessions), sum(cost), sum(tokens), sum(ended_ms)
    FROM taken WHERE gone_day IS NOT NULL GROUP BY 1, 2, 3, 4, 5, 6
    ON CONFLICT (tenant, day, pattern, status, labels) DO UPDATE SET sessions = kept.sessions + excluded.sessions,
      cost = kept.cost + excluded.cost, tokens = kept.tokens + excluded.tokens, duration_ms = kept.duration_ms + excluded.duration_ms
  ), grouped AS MATERIALIZED (
    SELECT tenant, pattern, status, user_id, tags, ARRAY(SELECT DISTINCT tag FROM unnest(tags) AS tag WHERE tag IS NOT NULL) AS own_tags,
           sum(sessions) AS sessions, sum(present) AS present, sum(cost) AS cost, sum(tokens) AS tokens, sum(live) AS live,
           sum(live_since_ms) AS live_since_ms, sum(ended_ms) AS ended_ms
    FROM taken GROUP BY 1, 2, 3, 4, 5
  ), scoped AS MATERIALIZED (
    SELECT 'all' AS scope, '' AS label, * FROM grouped
    UNION ALL SELECT 'user', user_id, * FROM grouped WHERE user_id IS NOT NULL
    UNION ALL SELECT 'tag', label, grouped.* FROM grouped, unnest(own_tags) AS label
  ), sums AS (
    INSERT INTO session_sums AS kept (tenant, scope, label, pattern, status, sessions, present, cost, tokens, live, live_since_ms, ended_ms)
    SELECT tenant, scope, label, pattern, status, sum(sessions), sum(present), sum(cost), sum(tokens), sum(live), sum(live_since_ms), sum(ended_ms)
    FROM scoped GROUP BY 1, 2, 3, 4, 5
    ON CONFLICT (tenant, scope, label, pattern, status) DO UPDATE SET sessions = kept.sessions + excluded.sessions,
      present = kept.present + excluded.present, cost = kept.cost + excluded.cost, tokens = kept.tokens + excluded.tokens,
      live = kept.live + excluded.live, live_since_ms = kept.live_since_ms + excluded.live_since_ms,
      ended_ms = kept.ended_ms + excluded.ended_ms
  ), shares AS (
    INSERT INTO session_shares AS kept (tenant, scope, label, kind, name, sessions, present, cost, tokens)
    SELECT tenant, scope, label, kind, name, sum(sessions), sum(present), sum(cost), sum(tokens)
    FROM (
      SELECT tenant, scope, label, 'user' AS kind, user_id AS name, sessions, present, cost, tokens FROM scoped WHERE scope <> 'user' AND user_id IS NOT NULL
      UNION ALL
      SELECT tenant, scope, label, 'tag', name, sessions, present, cost, tokens FROM scoped, unnest(own_tags) AS name
      WHERE scope <> 'tag' OR cardinality(tags) <= 8
    ) AS part
    WHERE octet_length(label) + octet_length(name) <= 2500
    GROUP BY 1, 2, 3, 4, 5
    HAVING sum(sessions) <> 0 OR sum(present) <> 0 OR sum(cost) <> 0 OR sum(tokens) <> 0
    ON CONFLICT (tenant, scope, label, kind, name) DO UPDATE SET sessions = kept.sessions + excluded.sessions,
      present = kept.present + excluded.present, cost = kept.cost + excluded.cost, tokens = kept.tokens + excluded.tokens
  )
  SELECT count(*) INTO took FROM taken;
  -- Not by the count alone: of one session's changes only the later ones may have been taken so far.
  DELETE FROM session_sums
    WHERE sessions = 0 AND present = 0 AND cost = 0 AND tokens = 0 AND live = 0 AND live_since_ms = 0 AND ended_ms = 0;
  DELETE FROM session_shares WHERE sessions = 0 AND present = 0 AND cost = 0 AND tokens = 0;
  RETURN took;
END $$;


-- Money.
ALTER TABLE model_calls ADD COLUMN tenant text NOT NULL DEFAULT 'default';
ALTER TABLE usage_hours ADD COLUMN tenant text NOT NULL DEFAULT 'default';
DROP INDEX usage_hours_hour, usage_hours_user;
CREATE INDEX usage_hours_hour ON usage_hours (tenant, hour);
CREATE INDEX usage_hours_user ON usage_hours (tenant, user_id, hour) WHERE user_id IS NOT NULL;
ALTER TABLE budgets ADD COLUMN tenant text NOT NULL DEFAULT 'default';
-- `all`: a whole tenant's; `installation`: every tenant's together.
ALTER TABLE budgets DROP CONSTRAINT budgets_scope_check, ADD CHECK (scope IN ('user', 'key', 'all', 'installation'));
ALTER TABLE budgets DROP CONSTRAINT budgets_scope_label_period_key, ADD UNIQUE (tenant, scope, label, period);

ALTER TABLE secrets ADD COLUMN tenant text NOT NULL DEFAULT 'default';
ALTER TABLE secrets DROP CONSTRAINT secrets_pkey, ADD PRIMARY KEY (tenant, name);
