-- Of a body that a secret was taken out of: the digest of what it holds now. `sha256` stays what
-- others refer to it by.
ALTER TABLE bodies ADD COLUMN redacted_sha256 BLOB;
