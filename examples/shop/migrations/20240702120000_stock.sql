CREATE TABLE stock (
  product_id integer PRIMARY KEY REFERENCES products (id),
  pieces integer NOT NULL CHECK (pieces >= 0)
);
INSERT INTO stock (product_id, pieces) SELECT id, 0 FROM products;
