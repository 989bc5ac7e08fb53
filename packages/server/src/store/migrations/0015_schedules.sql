-- Messages that come by the clock.
CREATE TABLE schedules (
  id            text PRIMARY KEY,
  tenant        text NOT NULL DEFAULT 'default',
  name          text NOT NULL,
  -- Either a cron with its time zone, or a time.
  cron          text,
  timezone      text NOT NULL DEFAULT 'UTC',
  at            timestamptz,
  -- {"sessionId", "agent"}: a session that is there. {"create"}: a session that is made for each run.
  target        json NOT NULL,
  prompt        json NOT NULL,
  overlap       text NOT NULL CHECK (overlap IN ('skip', 'queue')),
  on_missed     text NOT NULL CHECK (on_missed IN ('once', 'skip')),
  status        text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'paused', 'done', 'disabled')),
  status_reason text,
  next_at       timestamptz,
  created_at    timestamptz NOT NULL DEFAULT now(),
  updated_at    timestamptz NOT NULL DEFAULT now(),
  CHECK ((cron IS NULL) <> (at IS NULL)),
  CHECK ((status = 'active') = (next_at IS NOT NULL))
);
CREATE INDEX schedules_tenant ON schedules (tenant, created_at, id);
CREATE INDEX schedules_due ON schedules (next_at) WHERE next_at IS NOT NULL;

-- One row for each time of a schedule, whether anything was done at it or not.
CREATE TABLE schedule_runs (
  id            text PRIMARY KEY,
  n             bigint GENERATED ALWAYS AS IDENTITY,
  tenant        text NOT NULL DEFAULT 'default',
  schedule_id   text NOT NULL REFERENCES schedules (id) ON DELETE CASCADE,
  due_at        timestamptz NOT NULL,
  trigger       text NOT NULL CHECK (trigger IN ('time', 'manual')),
  status        text NOT NULL CHECK (status IN ('waiting', 'starting', 'running', 'succeeded', 'failed', 'cancelled', 'interrupted', 'skipped')),
  -- Why it was skipped.
  reason        text,
  error         json,
  session_id    text,
  turn_id       text,
  started_at    timestamptz,
  finished_at   timestamptz,
  -- Until then a server is starting it; after that another one does.
  claimed_until timestamptz,
  -- However many servers see that a time has come, it has one row.
  UNIQUE (schedule_id, trigger, due_at)
);
CREATE INDEX schedule_runs_log ON schedule_runs (schedule_id, n);
CREATE INDEX schedule_runs_open ON schedule_runs (schedule_id, n) WHERE status IN ('waiting', 'starting', 'running');
CREATE INDEX schedule_runs_turn ON schedule_runs (turn_id) WHERE status = 'running';
CREATE INDEX schedule_runs_age ON schedule_runs (finished_at);

-- A run ends with its turn, in the same transaction: its session may be deleted right after.
CREATE FUNCTION end_schedule_run() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE schedule_runs SET status = NEW.status, error = NEW.error, finished_at = NEW.finished_at
  WHERE turn_id = NEW.id AND status = 'running';
  RETURN NULL;
END $$;
CREATE TRIGGER session_turns_end_schedule_run AFTER UPDATE OF finished_at ON session_turns
  FOR EACH ROW WHEN (OLD.finished_at IS NULL AND NEW.finished_at IS NOT NULL)
  EXECUTE FUNCTION end_schedule_run();
