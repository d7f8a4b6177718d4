-- Schemas that somebody wants to look at. The same one is kept once.
CREATE TABLE drawings (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  org_id INTEGER NOT NULL,
  content_sha256 BLOB NOT NULL,
  driver TEXT NOT NULL,
  hcl_body BLOB,
  sql_body BLOB,
  created_at INTEGER NOT NULL,
  actor_kind TEXT NOT NULL,
  actor_id INTEGER,
  actor_name TEXT NOT NULL,
  user_agent TEXT NOT NULL,
  UNIQUE (org_id, content_sha256)
);

-- What is watched: a database, or a part of one. `scope` is the digest of what names it.
CREATE TABLE instances (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  org_id INTEGER NOT NULL,
  scope BLOB NOT NULL,
  url TEXT NOT NULL,
  ext_id TEXT NOT NULL,
  schemas TEXT NOT NULL,
  exclude TEXT NOT NULL,
  first_seen INTEGER NOT NULL,
  last_seen INTEGER NOT NULL,
  snapshot_id INTEGER,
  UNIQUE (org_id, scope)
);
CREATE INDEX instances_url ON instances (org_id, url, id);

CREATE TABLE snapshots (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  instance_id INTEGER NOT NULL,
  hash TEXT NOT NULL,
  hcl_body BLOB NOT NULL,
  taken_at INTEGER NOT NULL,
  stats_body BLOB,
  stats_at INTEGER,
  actor_kind TEXT NOT NULL,
  actor_id INTEGER,
  actor_name TEXT NOT NULL,
  user_agent TEXT NOT NULL
);
CREATE INDEX snapshots_instance ON snapshots (instance_id, id);

-- Databases that were not what their version makes of them. At most one of a database is open.
CREATE TABLE drifts (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  org_id INTEGER NOT NULL,
  database_id INTEGER NOT NULL,
  version TEXT,
  expected_hash TEXT NOT NULL,
  actual_hash TEXT NOT NULL,
  diff_body BLOB,
  source TEXT NOT NULL,
  event_id INTEGER,
  snapshot_id INTEGER,
  detected_at INTEGER NOT NULL,
  resolved_at INTEGER
);
CREATE UNIQUE INDEX drifts_open ON drifts (database_id) WHERE resolved_at IS NULL;
CREATE INDEX drifts_database ON drifts (database_id, id);
CREATE INDEX drifts_org ON drifts (org_id, id);
CREATE INDEX databases_org_url ON databases (org_id, url);
