-- Environments that come and go, by a glob of their names, and after how many hours without a report
-- a database of theirs is archived.
CREATE TABLE ephemeral_environments (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  org_id INTEGER NOT NULL,
  glob TEXT NOT NULL,
  hours INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  UNIQUE (org_id, glob)
);
-- What these globs make of an environment; NULL: it stays.
ALTER TABLE environments ADD COLUMN ephemeral_hours INTEGER;
