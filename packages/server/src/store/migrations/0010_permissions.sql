-- What agents ask of people: leave to use a tool, answers to questions. A row outlives the process that asked, the runner and the server.
CREATE TABLE session_permissions (
  id                 text PRIMARY KEY,
  session_id         text NOT NULL REFERENCES agent_sessions (id) ON DELETE CASCADE,
  agent              text NOT NULL,
  turn_id            text NOT NULL,
  kind               text NOT NULL CHECK (kind IN ('tool', 'question', 'elicitation')),
  tool               text NOT NULL,
  -- json, not jsonb, for what an agent wrote: it is kept as it came.
  input              json NOT NULL,
  title              text NOT NULL,
  reason             text,
  tool_use_id        text,
  parent_tool_use_id text,
  -- What would be allowed with it for the whole session, as rules of the SDK.
  rules              text[] NOT NULL DEFAULT '{}',
  status             text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'allowed', 'denied', 'answered', 'expired', 'withdrawn')),
  requested_at       timestamptz NOT NULL,
  expires_at         timestamptz NOT NULL,
  answered_at        timestamptz,
  answered_by        text,
  -- What the agent's process is told.
  decision           json,
  scope              text CHECK (scope IN ('once', 'session')),
  -- Whether its turn can go on from the very call that asks, should its process be gone.
  resumable          boolean NOT NULL,
  -- The lease under which it was asked last.
  epoch              integer NOT NULL,
  -- Set before an answer is used, so that none is used twice.
  taken              boolean NOT NULL DEFAULT false,
  CHECK ((status = 'pending') = (answered_at IS NULL))
);
CREATE INDEX session_permissions_session ON session_permissions (session_id, requested_at, id);
CREATE INDEX session_permissions_asked ON session_permissions (requested_at, id);
-- What is pending, and answers that nobody has used yet.
CREATE INDEX session_permissions_open ON session_permissions (session_id) WHERE NOT taken AND status <> 'withdrawn';
CREATE INDEX session_permissions_pending ON session_permissions (requested_at, id) WHERE status = 'pending';

ALTER TABLE agent_sessions
  -- Kept here so that a change of a session that asks for nothing costs no look.
  ADD COLUMN pending_permissions integer NOT NULL DEFAULT 0,
  -- When the first of them expires.
  ADD COLUMN permission_due_at timestamptz,
  -- Since when a turn waits for nothing but people, so that its process could be let go.
  ADD COLUMN waits_since timestamptz;
