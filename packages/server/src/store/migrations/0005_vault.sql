-- Secrets for tools, sealed with a key that the database does not have.
CREATE TABLE secrets (
  name         text PRIMARY KEY,
  -- Nonce, ciphertext and tag of AES-256-GCM; the name is authenticated with it.
  sealed       bytea NOT NULL,
  -- Which key sealed it: a hash of that key.
  key_id       text NOT NULL,
  -- Hosts it may ever be sent to, as patterns.
  hosts        text[] NOT NULL,
  description  text,
  created_at   timestamptz NOT NULL DEFAULT now(),
  updated_at   timestamptz NOT NULL DEFAULT now()
);
