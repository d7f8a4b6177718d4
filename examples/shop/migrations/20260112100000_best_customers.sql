CREATE VIEW best_customers AS
  SELECT c.id, c.name, sum(t.total_cents) AS spent_cents
  FROM customers c JOIN order_totals t ON t.customer_id = c.id
  GROUP BY c.id, c.name;
