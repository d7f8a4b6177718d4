-- How an entry is sealed: 1, as earlier releases did, or 2, which links a digest of its fields. An
-- entry that a secret was taken out of keeps the digest that it had, and names the entry that
-- vouches for what it is now.
ALTER TABLE audit ADD COLUMN format INTEGER NOT NULL DEFAULT 1;
ALTER TABLE audit ADD COLUMN leaf BLOB;
ALTER TABLE audit ADD COLUMN redacted_by INTEGER;

-- Keys that checkpoints, exports and evidence are signed with: the newest signs.
CREATE TABLE audit_keys (
  id INTEGER PRIMARY KEY,
  seed BLOB NOT NULL,
  public_key BLOB NOT NULL,
  created_at INTEGER NOT NULL
);

-- Places of the chain that were signed. What a log that was pruned begins behind is one of them.
CREATE TABLE audit_checkpoints (
  seq INTEGER PRIMARY KEY,
  hash BLOB NOT NULL,
  time INTEGER NOT NULL,
  org TEXT NOT NULL,
  public_key BLOB NOT NULL,
  signature BLOB NOT NULL,
  is_base INTEGER NOT NULL DEFAULT 0
);

-- How far the checkpoints have come to a place outside. `target` is the digest of its address, which
-- may hold a secret.
CREATE TABLE audit_targets (
  target BLOB PRIMARY KEY,
  sent_seq INTEGER NOT NULL,
  sent_at INTEGER NOT NULL
);
