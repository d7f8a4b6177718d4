-- Whether reverts of a repository need an approval, and how one is given.
ALTER TABLE repos ADD COLUMN protect_down INTEGER NOT NULL DEFAULT 0;
ALTER TABLE repos ADD COLUMN plan_approvals INTEGER NOT NULL DEFAULT 1;
ALTER TABLE repos ADD COLUMN plan_self_approval INTEGER NOT NULL DEFAULT 0;
ALTER TABLE repos ADD COLUMN plan_expiry_hours INTEGER NOT NULL DEFAULT 72;

-- One request to revert. `ext_id` is not unique: what was aborted or applied and has been overtaken
-- since may be asked for again, and the newest counts. What a plan needs is copied from its
-- repository when it is made.
CREATE TABLE down_plans (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  org_id INTEGER NOT NULL,
  ext_id TEXT NOT NULL,
  fingerprint BLOB NOT NULL,
  repo_id INTEGER NOT NULL,
  env_id INTEGER NOT NULL,
  target_id TEXT NOT NULL,
  target_schema TEXT NOT NULL,
  target_url TEXT NOT NULL,
  dir_tag TEXT,
  from_version TEXT NOT NULL,
  to_version TEXT NOT NULL,
  files_body BLOB NOT NULL,
  approvals INTEGER NOT NULL,
  self_approval INTEGER NOT NULL,
  expiry_hours INTEGER NOT NULL,
  status TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  ended_at INTEGER,
  event_id INTEGER,
  trigger_type TEXT,
  trigger_version TEXT,
  actor_kind TEXT NOT NULL,
  actor_id INTEGER,
  actor_name TEXT NOT NULL,
  user_agent TEXT NOT NULL,
  atlas_version TEXT NOT NULL
);
CREATE INDEX down_plans_ext ON down_plans (org_id, ext_id, id);
CREATE INDEX down_plans_repo ON down_plans (repo_id, id);
CREATE INDEX down_plans_event ON down_plans (event_id) WHERE event_id IS NOT NULL;
CREATE INDEX down_plans_open ON down_plans (org_id, target_id)
  WHERE status IN ('PENDING_USER', 'APPROVED');

CREATE TABLE down_decisions (
  id INTEGER PRIMARY KEY,
  plan_id INTEGER NOT NULL,
  approved INTEGER NOT NULL,
  comment TEXT,
  decided_at INTEGER NOT NULL,
  actor_kind TEXT NOT NULL,
  actor_id INTEGER,
  actor_name TEXT NOT NULL
);
CREATE INDEX down_decisions_plan ON down_decisions (plan_id, id);
