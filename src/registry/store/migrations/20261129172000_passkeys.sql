-- Passkeys of people. A credential is known by what its authenticator calls it; of its key there is
-- the public half: for ES256 (-7) x || y, for EdDSA (-8) the point, for RS256 (-257) n || e.
CREATE TABLE passkeys (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  user_id INTEGER NOT NULL,
  credential_id BLOB NOT NULL UNIQUE,
  algorithm INTEGER NOT NULL,
  public_key BLOB NOT NULL,
  -- Of its uses, as the authenticator counts them; 0: it does not.
  sign_count INTEGER NOT NULL,
  name TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  last_used_at INTEGER,
  UNIQUE (user_id, name)
);

-- What an authenticator calls a person: random, so that it tells nothing of them.
ALTER TABLE users ADD COLUMN passkey_handle BLOB;

-- What an authenticator is to sign, once: for a new passkey of a person, or, without one, for a
-- login. Known by its hash.
CREATE TABLE passkey_challenges (
  sha256 BLOB PRIMARY KEY,
  user_id INTEGER,
  network TEXT NOT NULL,
  expires_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX passkey_challenges_expiry ON passkey_challenges (expires_at);
CREATE INDEX passkey_challenges_network ON passkey_challenges (network);
