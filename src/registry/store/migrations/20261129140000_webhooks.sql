-- Who is told what. The address and the secret are sealed; `url_shown` is what may be seen of the
-- address. Without `repo` it is every repository; with `repo_id` that one, whatever it is called by
-- now; else those whose slug fits. `events`, `envs` and `statuses` are lists as JSON.
CREATE TABLE webhooks (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  org_id INTEGER NOT NULL,
  repo_id INTEGER,
  repo TEXT,
  type TEXT NOT NULL,
  url_shown TEXT NOT NULL,
  url_sealed BLOB NOT NULL,
  secret_sealed BLOB,
  events TEXT NOT NULL,
  envs TEXT NOT NULL,
  statuses TEXT NOT NULL,
  enabled INTEGER NOT NULL DEFAULT 1,
  disabled_reason TEXT,
  failing_since INTEGER,
  minute INTEGER NOT NULL DEFAULT 0,
  sent_in_minute INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL
);
CREATE INDEX webhooks_org ON webhooks (org_id, id);

-- What happened, as it is told: written with it, gone after 30 days. What has the same `group_key`
-- is one message. `set_id`: of an entry of that set.
CREATE TABLE alerts (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  org_id INTEGER NOT NULL,
  repo_id INTEGER,
  event TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  group_key TEXT,
  set_id INTEGER,
  body TEXT NOT NULL
);
CREATE UNIQUE INDEX alerts_group ON alerts (org_id, group_key) WHERE group_key IS NOT NULL;
CREATE INDEX alerts_set ON alerts (set_id) WHERE set_id IS NOT NULL;

-- One alert on its way to one webhook. `due_at` is when it is sent next, NULL when it is not any
-- more; whoever takes it sets `claimed`, moves that ahead for as long as sending may last, and
-- raises `claims`, so that the others let it be unless its taker is gone. Of the last attempt:
-- `request` to `error`.
CREATE TABLE webhook_deliveries (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  org_id INTEGER NOT NULL,
  webhook_id INTEGER NOT NULL,
  alert_id INTEGER NOT NULL,
  guid TEXT NOT NULL,
  event TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  due_at INTEGER,
  claimed INTEGER NOT NULL DEFAULT 0,
  claims INTEGER NOT NULL DEFAULT 0,
  attempts INTEGER NOT NULL DEFAULT 0,
  attempted_at INTEGER,
  delivered INTEGER NOT NULL DEFAULT 0,
  status INTEGER,
  request TEXT NOT NULL DEFAULT '',
  response TEXT,
  error TEXT
);
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (webhook_id, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX webhook_deliveries_webhook ON webhook_deliveries (webhook_id, id);
CREATE INDEX webhook_deliveries_alert ON webhook_deliveries (alert_id);

-- What was told once and shall not be told again: a token near its end, a plan that was not decided
-- in time. `mark` is what makes it another occasion.
CREATE TABLE alert_marks (
  kind TEXT NOT NULL,
  object_id INTEGER NOT NULL,
  mark INTEGER NOT NULL,
  PRIMARY KEY (kind, object_id, mark)
) WITHOUT ROWID;
