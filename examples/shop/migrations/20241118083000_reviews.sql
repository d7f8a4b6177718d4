CREATE TABLE reviews (
  id integer PRIMARY KEY,
  product_id integer NOT NULL REFERENCES products (id),
  customer_id integer NOT NULL REFERENCES customers (id),
  stars integer NOT NULL CHECK (stars BETWEEN 1 AND 5),
  words text
);
CREATE UNIQUE INDEX reviews_once ON reviews (product_id, customer_id);
