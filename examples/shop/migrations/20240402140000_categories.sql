CREATE TABLE categories (
  id integer PRIMARY KEY,
  parent_id integer REFERENCES categories (id),
  title text NOT NULL
);
INSERT INTO categories (id, title) VALUES (1, 'everything');
ALTER TABLE products ADD COLUMN category_id integer REFERENCES categories (id);
UPDATE products SET category_id = 1;
