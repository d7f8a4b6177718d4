ALTER TABLE customers ADD COLUMN newsletter integer NOT NULL DEFAULT 0;
CREATE TABLE legacy_mailing (email text PRIMARY KEY);
INSERT INTO legacy_mailing (email) SELECT DISTINCT email FROM customers WHERE newsletter = 1;
