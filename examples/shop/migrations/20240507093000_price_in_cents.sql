-- Money as floating point rounds; whole cents do not. SQLite can't change a column's type, so the
-- table is made anew and takes the old one's place.
CREATE TABLE products_new (
  id integer PRIMARY KEY,
  sku text NOT NULL UNIQUE,
  title text NOT NULL,
  price_cents integer NOT NULL CHECK (price_cents >= 0),
  category_id integer REFERENCES categories (id)
);
INSERT INTO products_new (id, sku, title, price_cents, category_id)
  SELECT id, sku, title, CAST(round(price * 100) AS integer), category_id FROM products;
DROP TABLE products;
ALTER TABLE products_new RENAME TO products;
