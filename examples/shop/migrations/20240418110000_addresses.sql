CREATE TABLE addresses (
  id integer PRIMARY KEY,
  customer_id integer NOT NULL REFERENCES customers (id) ON DELETE CASCADE,
  street text NOT NULL,
  city text NOT NULL,
  country text NOT NULL
);
ALTER TABLE orders ADD COLUMN address_id integer REFERENCES addresses (id);
