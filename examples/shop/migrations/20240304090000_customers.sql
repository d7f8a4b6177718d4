-- People who buy something.
CREATE TABLE customers (
  id integer PRIMARY KEY,
  name text NOT NULL,
  email text NOT NULL,
  created_at text NOT NULL DEFAULT CURRENT_TIMESTAMP
);
