-- atlas:txtar

-- checks.sql --
-- The newsletter column has replaced this table; nobody may be left in it.
SELECT NOT EXISTS (SELECT 1 FROM legacy_mailing);

-- migration.sql --
DROP TABLE legacy_mailing;
