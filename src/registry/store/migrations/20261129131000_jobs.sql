-- Work that is done now and then, and when it is due again.
CREATE TABLE jobs (
  name TEXT PRIMARY KEY,
  next_at INTEGER NOT NULL
);
