-- An index of PostgreSQL has no room for longer ones, which sets could have before they were refused.
UPDATE events SET trigger_type = substr(trigger_type, 1, 255) WHERE length(trigger_type) > 255;
-- A day of the event list, a way of triggering, and the kinds that few deployments have.
CREATE INDEX events_day ON events (org_id, (order_at / 86400000000000), id, order_at) WHERE set_id IS NULL;
CREATE INDEX events_trigger ON events (org_id, trigger_type, id) WHERE set_id IS NULL AND trigger_type IS NOT NULL;
CREATE INDEX events_kind ON events (org_id, kind, id) WHERE set_id IS NULL AND kind <> 'APPLY';

-- Totals of the event list by version, trigger and time, so that a page never counts rows. A period
-- is an hour or a day: the number of it since 1970.
CREATE TABLE event_periods (
  org_id INTEGER NOT NULL,
  hours INTEGER NOT NULL,
  period INTEGER NOT NULL,
  version TEXT NOT NULL,
  trigger_type TEXT NOT NULL,
  repo_id INTEGER NOT NULL,
  env_id INTEGER NOT NULL,
  status TEXT NOT NULL,
  kind TEXT NOT NULL,
  events INTEGER NOT NULL,
  PRIMARY KEY (org_id, hours, period, version, trigger_type, repo_id, env_id, status, kind)
) WITHOUT ROWID;
INSERT INTO event_periods SELECT org_id, 1, order_at / 3600000000000, coalesce(version, ''), coalesce(trigger_type, ''),
  repo_id, env_id, status, kind, count(*) FROM events WHERE set_id IS NULL GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9;
INSERT INTO event_periods SELECT org_id, 24, period / 24, version, trigger_type, repo_id, env_id, status, kind,
  sum(events) FROM event_periods WHERE hours = 1 GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9;
CREATE INDEX event_periods_version ON event_periods (org_id, version, period) WHERE hours = 24;
