CREATE INDEX products_title ON products (title COLLATE NOCASE);
CREATE VIEW products_on_sale AS
  SELECT p.id, p.sku, p.title, p.price_cents FROM products p JOIN stock s ON s.product_id = p.id
  WHERE s.pieces > 0;
