-- The last batch that each writing session has stored: what is asked when the answer to its COMMIT was lost.
CREATE TABLE store_writers (
  writer TEXT PRIMARY KEY,
  batch INTEGER NOT NULL,
  changed_at INTEGER NOT NULL
);
