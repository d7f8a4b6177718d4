-- Rules for the way of a version through the environments. Repository 0: for every repository that
-- has none of its own.
CREATE TABLE promotion_policies (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  org_id INTEGER NOT NULL,
  repo_id INTEGER NOT NULL,
  stages TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  UNIQUE (org_id, repo_id)
);

-- What somebody has let into a stage: one version with one content.
CREATE TABLE promotion_approvals (
  id INTEGER PRIMARY KEY,
  org_id INTEGER NOT NULL,
  repo_id INTEGER NOT NULL,
  stage TEXT NOT NULL,
  version TEXT NOT NULL,
  content TEXT NOT NULL,
  comment TEXT,
  approved_at INTEGER NOT NULL,
  actor_kind TEXT NOT NULL,
  actor_id INTEGER,
  actor_name TEXT NOT NULL
);
CREATE INDEX promotion_approvals_version ON promotion_approvals (repo_id, version, stage);

-- Keys that permits are signed with: the newest signs, all of them verify.
CREATE TABLE permit_keys (
  id INTEGER PRIMARY KEY,
  seed BLOB NOT NULL,
  public_key BLOB NOT NULL,
  created_at INTEGER NOT NULL
);

-- Since when runs in an environment need a permit.
ALTER TABLE environments ADD COLUMN protected_at INTEGER;

-- What a deployment was reported against: a list of reasons as JSON; NULL when there is nothing.
ALTER TABLE events ADD COLUMN policy_violations TEXT;
