-- Changes from one state of a schema to another, as SQL that somebody approved. A name is used once
-- in each repository; AUTOINCREMENT: a number that was shown to somebody is never given twice.
CREATE TABLE declarative_plans (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  org_id INTEGER NOT NULL,
  repo_id INTEGER NOT NULL,
  name TEXT NOT NULL,
  status TEXT NOT NULL,
  from_hash TEXT NOT NULL,
  to_hash TEXT NOT NULL,
  from_desc TEXT,
  to_desc TEXT,
  migration_body BLOB NOT NULL,
  lint_body BLOB,
  run_context TEXT,
  created_at INTEGER NOT NULL,
  actor_kind TEXT NOT NULL,
  actor_id INTEGER,
  actor_name TEXT NOT NULL,
  user_agent TEXT NOT NULL,
  approved_at INTEGER,
  approver_kind TEXT,
  approver_id INTEGER,
  approver_name TEXT,
  UNIQUE (repo_id, name)
);
CREATE INDEX declarative_plans_hashes ON declarative_plans (repo_id, from_hash, to_hash);
CREATE INDEX declarative_plans_org ON declarative_plans (org_id, id);
