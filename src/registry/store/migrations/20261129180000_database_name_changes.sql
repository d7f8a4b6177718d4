-- Servers remember the names of all databases, to search them; what they know is brought up to date
-- from here. Without a database: some are gone, and their numbers may be given again.
CREATE TABLE database_name_changes (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  database_id INTEGER
);
