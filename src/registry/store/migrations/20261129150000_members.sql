-- People. An e-mail address is kept in lower case; the first person need not have given one.
CREATE TABLE users (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL,
  email TEXT UNIQUE,
  created_at INTEGER NOT NULL,
  -- argon2id, as its text form.
  password TEXT,
  password_at INTEGER,
  last_seen INTEGER
);

-- What a person may do in an organization; not joined yet: only invited.
CREATE TABLE memberships (
  org_id INTEGER NOT NULL,
  user_id INTEGER NOT NULL,
  grants TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  created_by TEXT NOT NULL,
  joined_at INTEGER,
  PRIMARY KEY (org_id, user_id)
) WITHOUT ROWID;
CREATE INDEX memberships_user ON memberships (user_id, org_id);

-- One-time addresses at which a person sets a password; the newest of a person counts.
CREATE TABLE invitations (
  user_id INTEGER PRIMARY KEY,
  org_id INTEGER NOT NULL,
  sha256 BLOB NOT NULL UNIQUE,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
);

-- A token is of a bot, or of a person; bot 0: of a person.
ALTER TABLE tokens ADD COLUMN user_id INTEGER;
CREATE INDEX tokens_user ON tokens (user_id, id) WHERE user_id IS NOT NULL;

ALTER TABLE bots ADD COLUMN creator_kind TEXT;
ALTER TABLE bots ADD COLUMN creator_id INTEGER;
ALTER TABLE bots ADD COLUMN removed_at INTEGER;

-- What new repositories start with.
ALTER TABLE organizations ADD COLUMN protect_down INTEGER NOT NULL DEFAULT 0;
ALTER TABLE organizations ADD COLUMN plan_approvals INTEGER NOT NULL DEFAULT 1;
ALTER TABLE organizations ADD COLUMN plan_self_approval INTEGER NOT NULL DEFAULT 0;
ALTER TABLE organizations ADD COLUMN plan_expiry_hours INTEGER NOT NULL DEFAULT 72;
ALTER TABLE organizations ADD COLUMN review_policy TEXT;
-- NULL: for ever.
ALTER TABLE organizations ADD COLUMN retention_days INTEGER;
ALTER TABLE organizations ADD COLUMN session_hours INTEGER NOT NULL DEFAULT 24;
