-- Command lines that wait for somebody to let them in. The code they ask with is known by its hash,
-- the one that a person types is of no use without it.
CREATE TABLE devices (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  device_sha256 BLOB NOT NULL UNIQUE,
  user_code TEXT NOT NULL UNIQUE,
  client TEXT NOT NULL,
  ip TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  polled_at INTEGER,
  interval_seconds INTEGER NOT NULL,
  -- WAITING, APPROVED or REFUSED, and as whom.
  status TEXT NOT NULL,
  org_id INTEGER,
  user_id INTEGER,
  scopes TEXT,
  grants TEXT,
  token_expires_at INTEGER
);
CREATE INDEX devices_expiry ON devices (expires_at);
CREATE INDEX devices_ip ON devices (ip);
