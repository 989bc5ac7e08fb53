-- Many servers over one database, many runners: who is connected where, what was asked of a turn, and keys by which a
-- request that is sent twice has one effect.
ALTER TABLE runners
  -- The process behind the id: another one that joins under it takes its place.
  ADD COLUMN instance  text NOT NULL DEFAULT '',
  -- The server that holds its connection; null while it has none.
  ADD COLUMN server_id text,
  -- Nothing new is placed on it, and what it holds moves away as turns end.
  ADD COLUMN draining  boolean NOT NULL DEFAULT false,
  -- When it last could not bring a session up: for a while it is the last to be asked.
  ADD COLUMN refused_at timestamptz;

-- Labels that the runner of a session must have.
ALTER TABLE agent_sessions ADD COLUMN runner_labels text[] NOT NULL DEFAULT '{}';
DROP INDEX agent_sessions_unplaced;
CREATE INDEX agent_sessions_unplaced ON agent_sessions (runner_labels, created_at) WHERE wants_runner AND runner_id IS NULL;

ALTER TABLE session_turns
  -- How often the process that ran it died; an orderly move to another runner is no death.
  ADD COLUMN deaths         integer NOT NULL DEFAULT 0,
  ADD COLUMN stop_requested boolean NOT NULL DEFAULT false;

CREATE TABLE idempotency_keys (
  -- What the key is for: creating, or messages to one session.
  scope        text NOT NULL,
  key          text NOT NULL,
  request_hash text NOT NULL,
  session_id   text NOT NULL,
  turn_id      text,
  answer       json,
  created_at   timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (scope, key)
);
CREATE INDEX idempotency_keys_created ON idempotency_keys (created_at);

-- A session's row goes at once; its log and transcripts, which may be large, go in the background and in portions.
ALTER TABLE session_events DROP CONSTRAINT session_events_session_id_fkey;
ALTER TABLE transcript_entries DROP CONSTRAINT transcript_entries_session_id_fkey;
CREATE TABLE deleted_sessions (
  session_id text PRIMARY KEY,
  deleted_at timestamptz NOT NULL DEFAULT now()
);
CREATE FUNCTION note_deleted_sessions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO deleted_sessions (session_id) SELECT id FROM gone ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;
CREATE TRIGGER agent_sessions_note_deleted AFTER DELETE ON agent_sessions
  REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION note_deleted_sessions();
