-- Instants are nanoseconds since 1970 in UTC; NULL means unset. Bodies are zstd frames.
CREATE TABLE organizations (
  id INTEGER PRIMARY KEY,
  slug TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  created_at INTEGER NOT NULL
);

CREATE TABLE projects (
  id INTEGER PRIMARY KEY,
  org_id INTEGER NOT NULL,
  name TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  UNIQUE (org_id, name)
);

CREATE TABLE bodies (
  id INTEGER PRIMARY KEY,
  sha256 BLOB NOT NULL UNIQUE,
  size INTEGER NOT NULL,
  data BLOB NOT NULL
);

CREATE TABLE repos (
  id INTEGER PRIMARY KEY,
  org_id INTEGER NOT NULL,
  project_id INTEGER NOT NULL,
  slug TEXT NOT NULL,
  name TEXT NOT NULL,
  type TEXT NOT NULL,
  driver TEXT NOT NULL,
  description TEXT,
  hidden INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL,
  archived_at INTEGER,
  head_state_id INTEGER,
  head_tagged INTEGER NOT NULL DEFAULT 0,
  reported_version TEXT NOT NULL DEFAULT '',
  last_push_id INTEGER,
  last_push_at INTEGER,
  databases_synced INTEGER NOT NULL DEFAULT 0,
  databases_pending INTEGER NOT NULL DEFAULT 0,
  databases_failed INTEGER NOT NULL DEFAULT 0,
  UNIQUE (org_id, slug)
);
CREATE INDEX repos_name ON repos (org_id, name);
CREATE INDEX repos_last_push ON repos (org_id, last_push_at);

CREATE TABLE dir_states (
  id INTEGER PRIMARY KEY,
  repo_id INTEGER NOT NULL,
  content_sha256 BLOB NOT NULL,
  hash TEXT NOT NULL,
  version TEXT NOT NULL,
  dir_format TEXT NOT NULL,
  sum_body BLOB,
  created_at INTEGER NOT NULL,
  UNIQUE (repo_id, content_sha256)
);

CREATE TABLE dir_files (
  state_id INTEGER NOT NULL,
  position INTEGER NOT NULL,
  name TEXT NOT NULL,
  listed INTEGER NOT NULL,
  version TEXT NOT NULL,
  hash TEXT NOT NULL,
  body BLOB NOT NULL,
  PRIMARY KEY (state_id, position)
) WITHOUT ROWID;

CREATE TABLE version_states (
  repo_id INTEGER NOT NULL,
  version TEXT NOT NULL,
  hash TEXT NOT NULL,
  body BLOB NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (repo_id, version)
) WITHOUT ROWID;

CREATE TABLE pushes (
  id INTEGER PRIMARY KEY,
  repo_id INTEGER NOT NULL,
  state_id INTEGER NOT NULL,
  tag TEXT,
  pushed_at INTEGER NOT NULL,
  actor_kind TEXT NOT NULL,
  actor_id INTEGER,
  actor_name TEXT NOT NULL,
  user_agent TEXT NOT NULL,
  run_context TEXT
);
CREATE INDEX pushes_repo ON pushes (repo_id, id);

CREATE TABLE tags (
  id INTEGER PRIMARY KEY,
  repo_id INTEGER NOT NULL,
  name TEXT NOT NULL,
  state_id INTEGER NOT NULL,
  push_id INTEGER NOT NULL,
  pushed_at INTEGER NOT NULL,
  UNIQUE (repo_id, name)
);
CREATE INDEX tags_pushed ON tags (repo_id, pushed_at);

CREATE TABLE environments (
  id INTEGER PRIMARY KEY,
  org_id INTEGER NOT NULL,
  name TEXT NOT NULL,
  rank INTEGER,
  protected INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL,
  UNIQUE (org_id, name)
);

CREATE TABLE databases (
  id INTEGER PRIMARY KEY,
  org_id INTEGER NOT NULL,
  repo_id INTEGER NOT NULL,
  env_id INTEGER NOT NULL,
  ext_id TEXT NOT NULL,
  schema_name TEXT NOT NULL,
  name TEXT NOT NULL,
  url TEXT NOT NULL,
  driver TEXT NOT NULL,
  provisional INTEGER NOT NULL DEFAULT 0,
  first_seen INTEGER NOT NULL,
  last_report INTEGER NOT NULL,
  atlas_version TEXT NOT NULL,
  duplicate_of INTEGER,
  archived_at INTEGER,
  -- What follows is a projection of the events and the head of the repository.
  listed_events INTEGER NOT NULL DEFAULT 0,
  last_event_id INTEGER,
  last_order INTEGER,
  last_failed INTEGER NOT NULL DEFAULT 0,
  current_version TEXT,
  last_deployment_at INTEGER,
  status TEXT NOT NULL,
  unknown_version INTEGER NOT NULL DEFAULT 0,
  pending_files INTEGER
);
CREATE INDEX databases_identity ON databases (repo_id, env_id, ext_id, schema_name);
CREATE INDEX databases_url ON databases (repo_id, env_id, url, schema_name);
CREATE INDEX databases_ext ON databases (org_id, ext_id);
CREATE INDEX databases_name ON databases (org_id, name, id);
CREATE INDEX databases_repo_name ON databases (repo_id, name, id);
CREATE INDEX databases_env_name ON databases (env_id, name, id);
CREATE INDEX databases_status ON databases (org_id, status, name, id);

-- One sequence for deployments, sets and the entries of sets; rows are never changed once they are
-- closed. AUTOINCREMENT: a number that was shown to somebody is never given twice.
CREATE TABLE events (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  org_id INTEGER NOT NULL,
  repo_id INTEGER NOT NULL,
  env_id INTEGER NOT NULL,
  database_id INTEGER,
  set_id INTEGER,
  kind TEXT NOT NULL,
  status TEXT NOT NULL,
  version TEXT,
  started_at INTEGER NOT NULL,
  completed_at INTEGER,
  received_at INTEGER NOT NULL,
  order_at INTEGER NOT NULL,
  from_version TEXT,
  to_version TEXT,
  current_version TEXT,
  dry_run INTEGER NOT NULL DEFAULT 0,
  error TEXT,
  log_body BLOB,
  trigger_type TEXT,
  trigger_version TEXT,
  actor_kind TEXT NOT NULL,
  actor_id INTEGER,
  actor_name TEXT NOT NULL,
  user_agent TEXT NOT NULL,
  atlas_version TEXT NOT NULL,
  extra TEXT
);
CREATE INDEX events_listed ON events (org_id, id) WHERE set_id IS NULL;
CREATE INDEX events_listed_status ON events (org_id, status, id) WHERE set_id IS NULL;
CREATE INDEX events_repo ON events (repo_id, env_id, status, id) WHERE set_id IS NULL;
CREATE INDEX events_env ON events (env_id, status, id) WHERE set_id IS NULL;
CREATE INDEX events_version ON events (org_id, version, id) WHERE set_id IS NULL;
CREATE INDEX events_set ON events (set_id, id) WHERE set_id IS NOT NULL;
CREATE INDEX events_database ON events (database_id, id) WHERE database_id IS NOT NULL;

CREATE TABLE event_files (
  event_id INTEGER NOT NULL,
  position INTEGER NOT NULL,
  name TEXT NOT NULL,
  body BLOB NOT NULL,
  started_at INTEGER,
  ended_at INTEGER,
  skipped INTEGER NOT NULL,
  applied INTEGER NOT NULL,
  checks TEXT,
  error_stmt TEXT,
  error_text TEXT,
  PRIMARY KEY (event_id, position)
) WITHOUT ROWID;

CREATE TABLE sets (
  event_id INTEGER PRIMARY KEY,
  client_id TEXT NOT NULL,
  planned INTEGER NOT NULL,
  succeeded INTEGER NOT NULL,
  completed INTEGER NOT NULL,
  steps TEXT NOT NULL,
  targets TEXT NOT NULL
);

-- What a client may send again: its id (or the digest of what identifies the report) and the digest
-- of everything it said.
CREATE TABLE event_keys (
  org_id INTEGER NOT NULL,
  key BLOB NOT NULL,
  fingerprint BLOB NOT NULL,
  event_id INTEGER NOT NULL,
  PRIMARY KEY (org_id, key)
) WITHOUT ROWID;

-- Totals of the event list, so that a page never counts rows.
CREATE TABLE event_counts (
  org_id INTEGER NOT NULL,
  repo_id INTEGER NOT NULL,
  env_id INTEGER NOT NULL,
  status TEXT NOT NULL,
  kind TEXT NOT NULL,
  events INTEGER NOT NULL,
  PRIMARY KEY (org_id, repo_id, env_id, status, kind)
) WITHOUT ROWID;

CREATE TABLE bots (
  id INTEGER PRIMARY KEY,
  org_id INTEGER NOT NULL,
  name TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  created_by TEXT NOT NULL,
  UNIQUE (org_id, name)
);

CREATE TABLE tokens (
  id INTEGER PRIMARY KEY,
  org_id INTEGER NOT NULL,
  bot_id INTEGER NOT NULL,
  sha256 BLOB NOT NULL UNIQUE,
  prefix TEXT NOT NULL,
  last_four TEXT NOT NULL,
  scopes TEXT NOT NULL,
  grants TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  created_by TEXT NOT NULL,
  expires_at INTEGER,
  last_used_at INTEGER,
  last_used_ip TEXT,
  revoked_at INTEGER
);
CREATE INDEX tokens_org ON tokens (org_id, id);
CREATE INDEX tokens_bot ON tokens (bot_id, id);

CREATE TABLE audit (
  seq INTEGER PRIMARY KEY,
  org_id INTEGER NOT NULL,
  time INTEGER NOT NULL,
  actor_kind TEXT NOT NULL,
  actor_id INTEGER,
  actor_name TEXT NOT NULL,
  token_prefix TEXT NOT NULL,
  ip TEXT NOT NULL,
  user_agent TEXT NOT NULL,
  action TEXT NOT NULL,
  object TEXT NOT NULL,
  before_json TEXT,
  after_json TEXT,
  request_id TEXT NOT NULL,
  prev_hash BLOB NOT NULL,
  hash BLOB NOT NULL
);
CREATE INDEX audit_action ON audit (org_id, action, seq);
CREATE INDEX audit_object ON audit (org_id, object, seq);
CREATE INDEX audit_actor ON audit (org_id, actor_name, seq);
