CREATE TABLE order_history (
  order_id integer NOT NULL REFERENCES orders (id),
  state text NOT NULL REFERENCES order_states (state),
  since text NOT NULL DEFAULT CURRENT_TIMESTAMP
);
INSERT INTO order_history (order_id, state, since) SELECT id, state, placed_at FROM orders;
CREATE TRIGGER orders_keep_history AFTER UPDATE OF state ON orders
WHEN OLD.state <> NEW.state
BEGIN
  INSERT INTO order_history (order_id, state) VALUES (NEW.id, NEW.state);
END;
