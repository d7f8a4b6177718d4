CREATE TABLE coupons (
  code text PRIMARY KEY,
  percent integer NOT NULL CHECK (percent BETWEEN 1 AND 100)
);
ALTER TABLE orders ADD COLUMN coupon_code text REFERENCES coupons (code);
INSERT INTO coupons (code, percent) VALUES ('welcome-to-the-shop', 10);
