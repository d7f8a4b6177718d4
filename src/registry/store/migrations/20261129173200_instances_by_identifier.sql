-- Which snapshots are of a database.
CREATE INDEX instances_ext ON instances (org_id, ext_id) WHERE ext_id <> '';
