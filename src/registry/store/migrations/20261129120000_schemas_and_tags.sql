-- What a state of a repository of type SCHEMA holds; its version and hash are in dir_states.
CREATE TABLE schema_contents (
  state_id INTEGER PRIMARY KEY,
  hcl_body BLOB NOT NULL,
  sql_body BLOB,
  description TEXT
);
CREATE INDEX dir_states_version ON dir_states (repo_id, version);
CREATE INDEX dir_states_hash ON dir_states (repo_id, hash);
CREATE INDEX pushes_state ON pushes (state_id, id);

-- Whether tags other than `latest` stay where they are.
ALTER TABLE repos ADD COLUMN locked_tags INTEGER NOT NULL DEFAULT 0;
