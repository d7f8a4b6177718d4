-- Who people are for an identity provider. A subject is never given to somebody else there.
CREATE TABLE user_identities (
  issuer TEXT NOT NULL,
  subject TEXT NOT NULL,
  user_id INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (issuer, subject)
) WITHOUT ROWID;
CREATE INDEX user_identities_user ON user_identities (user_id);

-- Programs that are believed by what a provider says of them: a bot's token in exchange for one of
-- the provider's, when every named claim matches its glob.
CREATE TABLE trusts (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  org_id INTEGER NOT NULL,
  bot_id INTEGER NOT NULL,
  name TEXT NOT NULL,
  issuer TEXT NOT NULL,
  audience TEXT NOT NULL,
  claims TEXT NOT NULL,
  scopes TEXT NOT NULL,
  grants TEXT NOT NULL,
  minutes INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  created_by TEXT NOT NULL,
  last_used_at INTEGER,
  UNIQUE (org_id, name)
);
CREATE INDEX trusts_issuer ON trusts (issuer, id);
