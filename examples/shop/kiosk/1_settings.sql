CREATE TABLE settings (name text PRIMARY KEY, value text NOT NULL);

-- atlas:sensitive
INSERT INTO settings (name, value) VALUES ('payment_key', '{{ .payment_key }}');
