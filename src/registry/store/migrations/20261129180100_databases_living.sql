-- How many databases there are, by environment and status, is on most pages.
CREATE INDEX databases_living ON databases (org_id, env_id, status) WHERE archived_at IS NULL;
