-- What linters of pipelines reported. `slug` is what the client named; `repo_id` follows as soon as
-- there is such a repository. `fingerprint` is of everything that was said.
CREATE TABLE ci_runs (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  org_id INTEGER NOT NULL,
  repo_id INTEGER,
  slug TEXT NOT NULL,
  env_name TEXT NOT NULL,
  driver TEXT NOT NULL,
  status TEXT NOT NULL,
  base TEXT,
  branch TEXT NOT NULL,
  run_context TEXT,
  dir_hash TEXT,
  payload_body BLOB NOT NULL,
  from_body BLOB,
  to_body BLOB,
  fingerprint BLOB NOT NULL,
  created_at INTEGER NOT NULL,
  actor_kind TEXT NOT NULL,
  actor_id INTEGER,
  actor_name TEXT NOT NULL,
  user_agent TEXT NOT NULL,
  atlas_version TEXT NOT NULL
);
CREATE INDEX ci_runs_org ON ci_runs (org_id, id);
CREATE INDEX ci_runs_repo ON ci_runs (repo_id, id) WHERE repo_id IS NOT NULL;
CREATE INDEX ci_runs_waiting ON ci_runs (org_id, slug) WHERE repo_id IS NULL;
CREATE INDEX ci_runs_fingerprint ON ci_runs (org_id, fingerprint, id);

-- The versions of the files that a run looked at.
CREATE TABLE ci_run_versions (
  run_id INTEGER NOT NULL,
  version TEXT NOT NULL,
  PRIMARY KEY (run_id, version)
) WITHOUT ROWID;
CREATE INDEX ci_run_versions_version ON ci_run_versions (version, run_id);
