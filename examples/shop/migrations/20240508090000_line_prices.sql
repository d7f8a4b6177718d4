-- What was paid stays what was paid, whatever the product costs later.
ALTER TABLE order_lines ADD COLUMN price_cents integer NOT NULL DEFAULT 0;
UPDATE order_lines SET price_cents = (SELECT price_cents FROM products WHERE id = product_id);
