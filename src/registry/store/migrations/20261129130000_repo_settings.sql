-- What may be done with a repository only by those who may pass its protection, what its plans are
-- reviewed by, and for how long logs and contents of its deployments are kept.
ALTER TABLE repos ADD COLUMN protect_push INTEGER NOT NULL DEFAULT 0;
ALTER TABLE repos ADD COLUMN protect_move_tag INTEGER NOT NULL DEFAULT 0;
ALTER TABLE repos ADD COLUMN deploy_protected_at INTEGER;
ALTER TABLE repos ADD COLUMN protect_push_plan INTEGER NOT NULL DEFAULT 0;
ALTER TABLE repos ADD COLUMN protect_approve_plan INTEGER NOT NULL DEFAULT 0;
ALTER TABLE repos ADD COLUMN review_policy TEXT;
ALTER TABLE repos ADD COLUMN retention_days INTEGER;

-- What the repositories of an organization start with.
ALTER TABLE organizations ADD COLUMN protect_push INTEGER NOT NULL DEFAULT 0;
ALTER TABLE organizations ADD COLUMN protect_move_tag INTEGER NOT NULL DEFAULT 0;
ALTER TABLE organizations ADD COLUMN deploy_protected_at INTEGER;
ALTER TABLE organizations ADD COLUMN protect_push_plan INTEGER NOT NULL DEFAULT 0;
ALTER TABLE organizations ADD COLUMN protect_approve_plan INTEGER NOT NULL DEFAULT 0;

-- Slugs that repositories had before they were renamed; they still lead there.
CREATE TABLE former_slugs (
  org_id INTEGER NOT NULL,
  slug TEXT NOT NULL,
  repo_id INTEGER NOT NULL,
  PRIMARY KEY (org_id, slug)
) WITHOUT ROWID;
CREATE INDEX former_slugs_repo ON former_slugs (repo_id);
