-- Sums over sessions that are exact at once and cost what changed, never what exists.
--
-- Every change of a session writes what it changes in the sums to session_deltas, in its own transaction; so SQL by hand
-- is counted too, and no two sessions wait for one another's row. The background folds deltas into session_sums and
-- session_shares. Whoever reads adds both: one statement sees a delta either in the one place or in the other.
CREATE TABLE session_deltas (
  pattern       text NOT NULL,
  status        text NOT NULL,
  user_id       text,
  tags          text[] NOT NULL,
  -- All that there ever were, deleted ones included; present are those in the table.
  sessions      bigint NOT NULL,
  present       bigint NOT NULL,
  cost          numeric(30, 9) NOT NULL,
  tokens        bigint NOT NULL,
  -- How many have not ended, and the sum of their created_at: a duration that still grows is live * now - live_since_ms.
  live          bigint NOT NULL,
  live_since_ms numeric(30, 3) NOT NULL,
  ended_ms      numeric(30, 3) NOT NULL,
  -- Set where this is what a deleted session leaves: the day on which it was created.
  gone_day      date
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_analyze_threshold = 1000000000);

CREATE TABLE session_sums (
  -- Whose: everyone's ('all', ''), a user's or a tag's.
  scope         text NOT NULL CHECK (scope IN ('all', 'user', 'tag')),
  label         text NOT NULL,
  pattern       text NOT NULL,
  status        text NOT NULL,
  sessions      bigint NOT NULL,
  present       bigint NOT NULL,
  cost          numeric(30, 9) NOT NULL,
  tokens        bigint NOT NULL,
  live          bigint NOT NULL,
  live_since_ms numeric(30, 3) NOT NULL,
  ended_ms      numeric(30, 3) NOT NULL,
  PRIMARY KEY (scope, label, pattern, status)
);
CREATE INDEX session_sums_empty ON session_sums (scope) WHERE sessions = 0;

-- How the sums of a scope divide by user and by tag. What sessions of more than eight tags have is not in a tag's shares
-- by tag, which would be the square of them: it is read from those sessions, through agent_sessions_wide_tags.
CREATE TABLE session_shares (
  scope    text NOT NULL CHECK (scope IN ('all', 'user', 'tag')),
  label    text NOT NULL,
  kind     text NOT NULL CHECK (kind IN ('user', 'tag')),
  name     text NOT NULL,
  sessions bigint NOT NULL,
  present  bigint NOT NULL,
  cost     numeric(30, 9) NOT NULL,
  tokens   bigint NOT NULL,
  PRIMARY KEY (scope, label, kind, name)
);
CREATE INDEX session_shares_top ON session_shares (scope, label, kind, cost DESC);
CREATE INDEX session_shares_empty ON session_shares (scope) WHERE sessions = 0;
CREATE INDEX agent_sessions_wide_tags ON agent_sessions USING gin (tags) WHERE cardinality(tags) > 8;

-- Deleted sessions by the day of their creation: folded from the same deltas, so that folding costs what is new.
ALTER TABLE deleted_session_stats ADD COLUMN labels bytea;
ALTER TABLE deleted_session_stats ALTER COLUMN duration_ms TYPE numeric(30, 3);
WITH taken AS (DELETE FROM deleted_session_stats RETURNING *)
INSERT INTO deleted_session_stats (day, pattern, status, user_id, tags, labels, sessions, cost, tokens, duration_ms)
SELECT day, pattern, status, user_id, tags, sha256(convert_to(jsonb_build_array(user_id, tags)::text, 'UTF8')),
       sum(sessions), sum(cost), sum(tokens), sum(duration_ms)
FROM taken GROUP BY 1, 2, 3, 4, 5;
DROP INDEX deleted_session_stats_day;
-- A hash stands for user and tags, which may be longer than an index takes.
ALTER TABLE deleted_session_stats ADD PRIMARY KEY (day, pattern, status, labels);

DROP TRIGGER agent_sessions_deleted ON agent_sessions;
DROP FUNCTION keep_deleted_session_stats();

-- By row: a row's trigger can be passed over, and a batch of events, which sets none of these columns, must call nothing.
CREATE FUNCTION note_session_sums() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN
    INSERT INTO session_deltas VALUES (
      OLD.pattern, OLD.status, OLD.user_id, OLD.tags, -1, -1, -OLD.total_cost, -OLD.total_tokens,
      CASE WHEN coalesce(OLD.completed_at, OLD.terminated_at) IS NULL THEN -1 ELSE 0 END,
      CASE WHEN coalesce(OLD.completed_at, OLD.terminated_at) IS NULL THEN -1000 * extract(epoch FROM OLD.created_at) ELSE 0 END,
      coalesce(1000 * extract(epoch FROM OLD.created_at - coalesce(OLD.completed_at, OLD.terminated_at)), 0), NULL);
  END IF;
  IF TG_OP <> 'DELETE' THEN
    INSERT INTO session_deltas VALUES (
      NEW.pattern, NEW.status, NEW.user_id, NEW.tags, 1, 1, NEW.total_cost, NEW.total_tokens,
      CASE WHEN coalesce(NEW.completed_at, NEW.terminated_at) IS NULL THEN 1 ELSE 0 END,
      CASE WHEN coalesce(NEW.completed_at, NEW.terminated_at) IS NULL THEN 1000 * extract(epoch FROM NEW.created_at) ELSE 0 END,
      coalesce(1000 * extract(epoch FROM coalesce(NEW.completed_at, NEW.terminated_at) - NEW.created_at), 0), NULL);
  ELSE
    INSERT INTO session_deltas VALUES (
      OLD.pattern, OLD.status, OLD.user_id, OLD.tags, 1, 0, OLD.total_cost, OLD.total_tokens, 0, 0,
      1000 * extract(epoch FROM coalesce(OLD.completed_at, OLD.terminated_at, now()) - OLD.created_at),
      (OLD.created_at AT TIME ZONE 'UTC')::date);
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER agent_sessions_come_or_go AFTER INSERT OR DELETE ON agent_sessions
  FOR EACH ROW EXECUTE FUNCTION note_session_sums();
CREATE TRIGGER agent_sessions_changed
  AFTER UPDATE OF pattern, status, user_id, tags, total_cost, total_tokens, created_at, completed_at, terminated_at ON agent_sessions
  FOR EACH ROW WHEN (
    OLD.status IS DISTINCT FROM NEW.status OR OLD.total_cost IS DISTINCT FROM NEW.total_cost
    OR OLD.total_tokens IS DISTINCT FROM NEW.total_tokens OR OLD.completed_at IS DISTINCT FROM NEW.completed_at
    OR OLD.terminated_at IS DISTINCT FROM NEW.terminated_at OR OLD.user_id IS DISTINCT FROM NEW.user_id
    OR OLD.tags IS DISTINCT FROM NEW.tags OR OLD.pattern IS DISTINCT FROM NEW.pattern
    OR OLD.created_at IS DISTINCT FROM NEW.created_at)
  EXECUTE FUNCTION note_session_sums();

-- TRUNCATE says nothing of the rows it takes, so they are deleted first.
CREATE FUNCTION note_session_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM agent_sessions;
  RETURN NULL;
END $$;
CREATE TRIGGER agent_sessions_truncated BEFORE TRUNCATE ON agent_sessions
  FOR EACH STATEMENT EXECUTE FUNCTION note_session_truncate();

-- Folds up to `at_most` of what is new and says how many it took; whoever comes while another folds takes none. A label
-- of a kind that hand-written SQL alone can make, too long for an index, has its own sums and is no part of another's shares.
CREATE FUNCTION fold_session_sums(at_most integer) RETURNS integer LANGUAGE plpgsql SET work_mem = '32MB' AS $$
DECLARE
  took integer;
BEGIN
  IF NOT pg_try_advisory_xact_lock(hashtextextended('fold_session_sums', 0)) THEN RETURN 0; END IF;
  WITH taken AS (
    DELETE FROM session_deltas WHERE ctid = ANY (ARRAY(SELECT ctid FROM session_deltas LIMIT at_most)) RETURNING *
  ), gone AS (
    INSERT INTO deleted_session_stats AS kept (day, pattern, status, user_id, tags, labels, sessions, cost, tokens, duration_ms)
    SELECT gone_day, pattern, status, user_id, tags, sha256(convert_to(jsonb_build_array(user_id, tags)::text, 'UTF8')),
           sum(sessions), sum(cost), sum(tokens), sum(ended_ms)
    FROM taken WHERE gone_day IS NOT NULL GROUP BY 1, 2, 3, 4, 5
    ON CONFLICT (day, pattern, status, labels) DO UPDATE SET sessions = kept.sessions + excluded.sessions,
      cost = kept.cost + excluded.cost, tokens = kept.tokens + excluded.tokens, duration_ms = kept.duration_ms + excluded.duration_ms
  ), grouped AS MATERIALIZED (
    SELECT pattern, status, user_id, tags, ARRAY(SELECT DISTINCT tag FROM unnest(tags) AS tag WHERE tag IS NOT NULL) AS own_tags,
           sum(sessions) AS sessions, sum(present) AS present, sum(cost) AS cost, sum(tokens) AS tokens, sum(live) AS live,
           sum(live_since_ms) AS live_since_ms, sum(ended_ms) AS ended_ms
    FROM taken GROUP BY 1, 2, 3, 4
  ), scoped AS MATERIALIZED (
    SELECT 'all' AS scope, '' AS label, * FROM grouped
    UNION ALL SELECT 'user', user_id, * FROM grouped WHERE user_id IS NOT NULL
    UNION ALL SELECT 'tag', label, grouped.* FROM grouped, unnest(own_tags) AS label
  ), sums AS (
    INSERT INTO session_sums AS kept
    SELECT scope, label, pattern, status, sum(sessions), sum(present), sum(cost), sum(tokens), sum(live), sum(live_since_ms), sum(ended_ms)
    FROM scoped GROUP BY 1, 2, 3, 4
    ON CONFLICT (scope, label, pattern, status) DO UPDATE SET sessions = kept.sessions + excluded.sessions,
      present = kept.present + excluded.present, cost = kept.cost + excluded.cost, tokens = kept.tokens + excluded.tokens,
      live = kept.live + excluded.live, live_since_ms = kept.live_since_ms + excluded.live_since_ms,
      ended_ms = kept.ended_ms + excluded.ended_ms
  ), shares AS (
    INSERT INTO session_shares AS kept
    SELECT scope, label, kind, name, sum(sessions), sum(present), sum(cost), sum(tokens)
    FROM (
      SELECT scope, label, 'user' AS kind, user_id AS name, sessions, present, cost, tokens FROM scoped WHERE scope <> 'user' AND user_id IS NOT NULL
      UNION ALL
      SELECT scope, label, 'tag', name, sessions, present, cost, tokens FROM scoped, unnest(own_tags) AS name
      WHERE scope <> 'tag' OR cardinality(tags) <= 8
    ) AS part
    WHERE octet_length(label) + octet_length(name) <= 2500
    GROUP BY 1, 2, 3, 4
    HAVING sum(sessions) <> 0 OR sum(present) <> 0 OR sum(cost) <> 0 OR sum(tokens) <> 0
    ON CONFLICT (scope, label, kind, name) DO UPDATE SET sessions = kept.sessions + excluded.sessions,
      present = kept.present + excluded.present, cost = kept.cost + excluded.cost, tokens = kept.tokens + excluded.tokens
  )
  SELECT count(*) INTO took FROM taken;
  -- Not by the count alone: of one session's changes only the later ones may have been taken so far.
  DELETE FROM session_sums
    WHERE sessions = 0 AND present = 0 AND cost = 0 AND tokens = 0 AND live = 0 AND live_since_ms = 0 AND ended_ms = 0;
  DELETE FROM session_shares WHERE sessions = 0 AND present = 0 AND cost = 0 AND tokens = 0;
  RETURN took;
END $$;

-- What there is so far. The triggers above hold off every other writer until this is committed.
INSERT INTO session_deltas
  SELECT pattern, status, user_id, tags, count(*), count(*), sum(total_cost), sum(total_tokens),
         count(*) FILTER (WHERE ended_at IS NULL),
         coalesce(sum(created_ms) FILTER (WHERE ended_at IS NULL), 0),
         coalesce(sum(extract(epoch FROM ended_at) * 1000 - created_ms) FILTER (WHERE ended_at IS NOT NULL), 0), NULL
  FROM (SELECT *, coalesce(completed_at, terminated_at) AS ended_at, extract(epoch FROM created_at) * 1000 AS created_ms FROM agent_sessions) AS s
  GROUP BY pattern, status, user_id, tags;
INSERT INTO session_deltas
  SELECT pattern, status, user_id, tags, sessions, 0, cost, tokens, 0, 0, duration_ms, NULL FROM deleted_session_stats;
SELECT fold_session_sums(2147483647);

-- Lists. Two conditions need an index of their own where together they may be rare and each is common.
CREATE INDEX agent_sessions_pattern_status ON agent_sessions (pattern, status, created_at DESC);
CREATE INDEX agent_sessions_user_status ON agent_sessions (user_id, status, created_at DESC) WHERE user_id IS NOT NULL;

-- Sessions by tag in the order of a list, which an index of an array does not have.
CREATE TABLE session_tags (
  tag        text NOT NULL,
  created_at timestamptz NOT NULL,
  session_id text NOT NULL,
  PRIMARY KEY (tag, created_at, session_id)
);

CREATE FUNCTION keep_session_tags() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN
    DELETE FROM session_tags WHERE tag = ANY (OLD.tags) AND created_at = OLD.created_at AND session_id = OLD.id;
  END IF;
  IF TG_OP <> 'DELETE' THEN
    INSERT INTO session_tags SELECT DISTINCT tag, NEW.created_at, NEW.id FROM unnest(NEW.tags) AS tag WHERE tag IS NOT NULL;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER agent_sessions_tagged AFTER INSERT ON agent_sessions
  FOR EACH ROW WHEN (cardinality(NEW.tags) > 0) EXECUTE FUNCTION keep_session_tags();
CREATE TRIGGER agent_sessions_retagged AFTER UPDATE OF id, created_at, tags ON agent_sessions
  FOR EACH ROW WHEN (OLD.tags IS DISTINCT FROM NEW.tags OR OLD.created_at <> NEW.created_at OR OLD.id <> NEW.id)
  EXECUTE FUNCTION keep_session_tags();
CREATE TRIGGER agent_sessions_untagged AFTER DELETE ON agent_sessions
  FOR EACH ROW WHEN (cardinality(OLD.tags) > 0) EXECUTE FUNCTION keep_session_tags();
INSERT INTO session_tags SELECT DISTINCT tag, created_at, id FROM agent_sessions, unnest(tags) AS tag WHERE tag IS NOT NULL;
