-- Which repositories an environment is in sync with is asked for a whole organization.
DROP INDEX databases_living;
CREATE INDEX databases_living ON databases (org_id, env_id, status, repo_id) WHERE archived_at IS NULL;
