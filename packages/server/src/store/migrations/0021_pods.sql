-- Pods in which sessions run. A row is there before its pod: what is on its way is counted, and a server that dies in between is made up for.
CREATE TABLE pods (
  name       text PRIMARY KEY,
  -- What it is made for: the label that sessions ask for, and what that stands for; and what of its profile it was made from.
  label      text NOT NULL,
  shape      jsonb NOT NULL,
  revision   text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  -- Kubernetes has taken it; its runner has joined; a session was given to it.
  applied_at timestamptz,
  joined_at  timestamptz,
  claimed_at timestamptz,
  -- It is to end, and why.
  ending_at  timestamptz,
  ending_why text,
  -- What sessions were last told of it.
  told       text
);

-- How many sessions of a kind there lately were: what is kept ready follows it.
CREATE TABLE pod_demand (
  label  text PRIMARY KEY,
  weight double precision NOT NULL,
  at     timestamptz NOT NULL
);

ALTER TABLE runners
  -- It serves one session, and whether it was given one.
  ADD COLUMN single_use boolean NOT NULL DEFAULT false,
  ADD COLUMN used       boolean NOT NULL DEFAULT false,
  -- Since when it has no connection at all; one that is about to end has none to be placed on, and still has its own.
  ADD COLUMN parted_at  timestamptz;
