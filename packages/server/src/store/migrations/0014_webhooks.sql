-- Who is told of what happens, and what is still to be told.
CREATE TABLE webhook_endpoints (
  id                text PRIMARY KEY,
  tenant            text NOT NULL DEFAULT 'default',
  url               text NOT NULL,
  -- The types that are wanted; none: all.
  events            text[] NOT NULL DEFAULT '{}',
  description       text,
  enabled           boolean NOT NULL DEFAULT true,
  disabled_reason   text CHECK (disabled_reason IN ('user_requested', 'gone', 'failing')),
  created_at        timestamptz NOT NULL DEFAULT now(),
  updated_at        timestamptz NOT NULL DEFAULT now(),
  last_delivered_at timestamptz,
  sealed            bytea NOT NULL,
  key_id            text NOT NULL,
  -- The former secret, which signs as well until then.
  previous_sealed   bytea,
  previous_key_id   text,
  previous_until    timestamptz
);
CREATE INDEX webhook_endpoints_tenant ON webhook_endpoints (tenant, created_at, id);

-- One row for each endpoint that is to hear of an event, written with the event. No foreign key: whatever changes a session must
-- not wait for, nor fail with, an endpoint that is being deleted.
CREATE TABLE webhook_deliveries (
  id              text PRIMARY KEY,
  -- The order of the list.
  n               bigint GENERATED ALWAYS AS IDENTITY,
  tenant          text NOT NULL DEFAULT 'default',
  endpoint_id     text NOT NULL,
  message_id      text NOT NULL,
  type            text NOT NULL,
  session_id      text,
  -- Text, not json: the bytes that are signed and sent.
  payload         text NOT NULL,
  status          text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'delivered', 'failed', 'cancelled')),
  created_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
  -- When it is due; while it is being sent, when another server may take it for lost.
  next_attempt_at timestamptz,
  -- Since when it is tried, and how often it was since: a redelivery by hand begins anew.
  tried_since     timestamptz NOT NULL DEFAULT clock_timestamp(),
  tries           integer NOT NULL DEFAULT 0,
  finished_at     timestamptz,
  UNIQUE (endpoint_id, message_id),
  CHECK ((status = 'pending') = (next_attempt_at IS NOT NULL)),
  CHECK ((status = 'pending') = (finished_at IS NULL))
);
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (endpoint_id, next_attempt_at) WHERE status = 'pending';
CREATE INDEX webhook_deliveries_log ON webhook_deliveries (endpoint_id, n);
CREATE INDEX webhook_deliveries_age ON webhook_deliveries (created_at);

CREATE TABLE webhook_attempts (
  delivery_id text NOT NULL REFERENCES webhook_deliveries (id) ON DELETE CASCADE,
  at          timestamptz NOT NULL,
  status_code integer,
  latency_ms  integer NOT NULL,
  error       text
);
CREATE INDEX webhook_attempts_delivery ON webhook_attempts (delivery_id, at);
