-- A word that nobody has spelled wrong yet: states are a list from here on.
CREATE TABLE order_states (state text PRIMARY KEY);
INSERT INTO order_states (state) VALUES ('new'), ('paid'), ('sent'), ('returned');
UPDATE orders SET state = 'new' WHERE state NOT IN (SELECT state FROM order_states);
