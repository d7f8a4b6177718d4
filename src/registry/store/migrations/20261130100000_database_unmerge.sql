-- Of a deployment that another database has, since the place where it was reported was merged into
-- it: that place, so that it can go back.
ALTER TABLE events ADD COLUMN place_id INTEGER;
-- Whether a database that was merged was archived before. NULL: it was not merged, or by a release
-- that did not note places.
ALTER TABLE databases ADD COLUMN merged_archived INTEGER;
