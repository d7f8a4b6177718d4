-- A report looks its database up by what only few rows share; what comes first in an index is that.
DROP INDEX databases_identity;
DROP INDEX databases_url;
CREATE INDEX databases_identity ON databases (ext_id, schema_name);
CREATE INDEX databases_url ON databases (url, schema_name);
