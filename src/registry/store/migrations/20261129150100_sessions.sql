-- Who is logged in at the pages. The store knows a session's secret by its hash only.
CREATE TABLE sessions (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  org_id INTEGER NOT NULL,
  user_id INTEGER NOT NULL,
  sha256 BLOB NOT NULL UNIQUE,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  last_used_at INTEGER NOT NULL,
  last_used_ip TEXT NOT NULL,
  user_agent TEXT NOT NULL
);
CREATE INDEX sessions_user ON sessions (user_id, id);
CREATE INDEX sessions_expiry ON sessions (expires_at);

-- One-time codes of an app: the secret in use, one that waits for its first code, and the last step
-- that was used, which is never taken again.
ALTER TABLE users ADD COLUMN totp_secret BLOB;
ALTER TABLE users ADD COLUMN totp_pending BLOB;
ALTER TABLE users ADD COLUMN totp_step INTEGER NOT NULL DEFAULT 0;

-- What gets a person in without the app, each once.
CREATE TABLE recovery_codes (
  user_id INTEGER NOT NULL,
  sha256 BLOB NOT NULL,
  PRIMARY KEY (user_id, sha256)
) WITHOUT ROWID;

-- Failed logins by account and by address; `key` is a hash, of accounts that do not exist too.
CREATE TABLE login_failures (
  key BLOB PRIMARY KEY,
  failures INTEGER NOT NULL,
  last_at INTEGER NOT NULL,
  free_at INTEGER NOT NULL
) WITHOUT ROWID;

-- The code of the set-up address: of the start that came last, whichever server that was.
CREATE TABLE setup_codes (
  id INTEGER PRIMARY KEY,
  sha256 BLOB NOT NULL,
  created_at INTEGER NOT NULL
);
