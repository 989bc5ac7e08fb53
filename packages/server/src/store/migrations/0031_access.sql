-- Who may do what: tenants, keys, and a log of what they did.
CREATE TABLE tenants (
  id         text PRIMARY KEY,
  -- What it may use and how long its ended sessions are kept, where it is not as the settings say.
  limits     jsonb NOT NULL DEFAULT '{}',
  retention  jsonb NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
INSERT INTO tenants (id) VALUES ('default');

CREATE TABLE api_keys (
  -- The middle of the key itself, by which it is found.
  id             text PRIMARY KEY,
  tenant         text NOT NULL REFERENCES tenants (id),
  name           text NOT NULL,
  scopes         text[] NOT NULL,
  limits         jsonb NOT NULL DEFAULT '{}',
  -- SHA-256 of the whole key: it has 190 random bits, so nobody finds it from its hash.
  hash           bytea NOT NULL,
  -- The former one of a key that was rotated, which is good until then.
  previous_hash  bytea,
  previous_until timestamptz,
  created_at     timestamptz NOT NULL DEFAULT now(),
  created_by     text,
  expires_at     timestamptz,
  revoked_at     timestamptz,
  last_used_at   timestamptz
);
CREATE INDEX api_keys_tenant ON api_keys (tenant, created_at, id);

-- What was changed by whom, written with the change. The chain is made a moment later by one server at a time, in the order of
-- `position`: a row's hash covers the row and the hash before it, so one that is altered or taken out shows.
CREATE TABLE audit_log (
  n          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant     text NOT NULL,
  at         timestamptz NOT NULL DEFAULT clock_timestamp(),
  actor      text NOT NULL,
  key_id     text,
  address    text,
  request_id text,
  action     text NOT NULL,
  target     text,
  before     json,
  after      json,
  position   bigint UNIQUE,
  hash       text,
  CHECK ((position IS NULL) = (hash IS NULL))
);
CREATE INDEX audit_log_tenant ON audit_log (tenant, n DESC);
CREATE INDEX audit_log_target ON audit_log (tenant, target, n DESC);
CREATE INDEX audit_log_unchained ON audit_log (n) WHERE position IS NULL;

CREATE FUNCTION audit_log_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.position IS NULL AND NEW.position IS NOT NULL
    AND (OLD.n, OLD.tenant, OLD.at, OLD.actor, OLD.action) = (NEW.n, NEW.tenant, NEW.at, NEW.actor, NEW.action) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'the audit log is not changed, only added to';
END $$;
CREATE TRIGGER audit_log_final BEFORE UPDATE OR DELETE ON audit_log FOR EACH ROW EXECUTE FUNCTION audit_log_is_final();
CREATE TRIGGER audit_log_kept BEFORE TRUNCATE ON audit_log FOR EACH STATEMENT EXECUTE FUNCTION audit_log_is_final();

-- Counts of requests by window. Unlogged: what a crash loses of it is a minute's count.
CREATE UNLOGGED TABLE rate_counts (
  key    text PRIMARY KEY,
  points integer NOT NULL DEFAULT 0,
  expire bigint
);
