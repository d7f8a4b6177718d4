-- Where a database went that turned out to be another one: what it had is there, and reports of its
-- place go there.
ALTER TABLE databases ADD COLUMN merged_into INTEGER;
-- Somebody said that it is a database of its own: another place with its identifier is not it.
ALTER TABLE databases ADD COLUMN kept_apart INTEGER NOT NULL DEFAULT 0;
CREATE INDEX databases_merged ON databases (merged_into) WHERE merged_into IS NOT NULL;
