-- Snapshots: what a session's files, conversations and configuration were at a moment. The bytes lie in a store of blobs, by hash.
CREATE TABLE snapshots (
  id            text PRIMARY KEY,
  -- Not a reference: a deleted session's snapshots go with it in portions.
  session_id    text NOT NULL,
  reason        text NOT NULL CHECK (reason IN ('on_demand', 'parked', 'moved', 'forked')),
  created_at    timestamptz NOT NULL DEFAULT now(),
  -- The lease under which it was taken.
  epoch         integer NOT NULL,
  -- The blob that lists the files.
  manifest      text NOT NULL,
  files         bigint NOT NULL,
  bytes         bigint NOT NULL,
  stored_bytes  bigint NOT NULL,
  -- agent → { sdkSessionId, uuid }: how far each conversation had come.
  conversations jsonb NOT NULL,
  config        jsonb NOT NULL,
  usage         jsonb NOT NULL
);
CREATE INDEX snapshots_session ON snapshots (session_id, created_at DESC, id DESC);

CREATE TABLE snapshot_blobs (
  snapshot_id  text NOT NULL REFERENCES snapshots ON DELETE CASCADE,
  blob         text NOT NULL,
  PRIMARY KEY (snapshot_id, blob)
);
CREATE INDEX snapshot_blobs_blob ON snapshot_blobs (blob);

-- What the store has. A blob that no snapshot needs goes some time after somebody last relied on its being there.
CREATE TABLE blobs (
  hash      text PRIMARY KEY,
  bytes     bigint NOT NULL,
  wanted_at timestamptz NOT NULL DEFAULT now()
);

ALTER TABLE agent_sessions
  -- A snapshot that was asked for and is not taken yet.
  ADD COLUMN snapshot_wanted text,
  -- The snapshot whose files take the place of what there is when the session is opened next.
  ADD COLUMN restore_wanted text;
