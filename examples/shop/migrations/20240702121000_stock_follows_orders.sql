CREATE TRIGGER order_lines_take_stock AFTER INSERT ON order_lines
BEGIN
  UPDATE stock SET pieces = pieces - NEW.quantity WHERE product_id = NEW.product_id;
END;
CREATE TRIGGER products_have_stock AFTER INSERT ON products
BEGIN
  INSERT INTO stock (product_id, pieces) VALUES (NEW.id, 0);
END;
