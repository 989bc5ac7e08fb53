-- Capacity: who waits for a runner, since when and in which order; how a runner is off for memory; files as they were when a turn began.
ALTER TABLE agent_sessions
  -- Since when it waits for a runner; null while it does not.
  ADD COLUMN waiting_since  timestamptz,
  -- Its place in the queue: who lost a runner that it had goes before who had none yet.
  ADD COLUMN waiting_order  timestamptz,
  -- What its log last said of that.
  ADD COLUMN waiting_told   integer,
  ADD COLUMN waiting_reason text,
  -- Which request the snapshot in restore_wanted was for: the same one may be asked for again.
  ADD COLUMN restore_request text;
UPDATE agent_sessions SET waiting_since = created_at, waiting_order = created_at WHERE wants_runner AND runner_id IS NULL;

-- A server of the former version neither sets nor clears the order: what it lets wait is ordered by its creation.
DROP INDEX agent_sessions_unplaced;
CREATE INDEX agent_sessions_waiting ON agent_sessions (runner_labels, (coalesce(waiting_order, created_at)), id)
  WHERE wants_runner AND runner_id IS NULL;

ALTER TABLE runners
  -- It has less memory left than it is to keep: nothing is placed on it until it has.
  ADD COLUMN short_of_memory boolean NOT NULL DEFAULT false,
  -- What its sessions use, by their ids, and when that was measured.
  ADD COLUMN usage    jsonb,
  ADD COLUMN usage_at timestamptz;

-- `turn`: as a turn began, that of turn_id. `rewound`: before the files were put back to an earlier snapshot.
ALTER TABLE snapshots
  ADD COLUMN turn_id text,
  DROP CONSTRAINT snapshots_reason_check,
  ADD CONSTRAINT snapshots_reason_check CHECK (reason IN ('on_demand', 'parked', 'moved', 'forked', 'turn', 'rewound'));

-- A blob is known from when its bytes were put until it is to be removed: one of which only half is known to be true is put again.
ALTER TABLE blobs ADD COLUMN stored boolean NOT NULL DEFAULT true;
