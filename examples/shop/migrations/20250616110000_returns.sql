CREATE TABLE returns (
  id integer PRIMARY KEY,
  order_id integer NOT NULL REFERENCES orders (id),
  reason text NOT NULL,
  returned_at text NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE TRIGGER returns_set_state AFTER INSERT ON returns
BEGIN
  UPDATE orders SET state = 'returned' WHERE id = NEW.order_id;
END;
