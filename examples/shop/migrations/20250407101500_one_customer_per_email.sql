-- Two spellings of one address were two customers.
CREATE UNIQUE INDEX customers_email ON customers (lower(email));
