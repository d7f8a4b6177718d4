CREATE TABLE orders (
  id integer PRIMARY KEY,
  customer_id integer NOT NULL REFERENCES customers (id),
  placed_at text NOT NULL,
  total_cents integer NOT NULL
);
CREATE INDEX orders_customer ON orders (customer_id);
