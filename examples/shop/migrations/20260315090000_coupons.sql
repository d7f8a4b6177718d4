CREATE TABLE coupons (
  code text PRIMARY KEY,
  percent integer NOT NULL
);
INSERT INTO coupons (code, percent) VALUES ('welcome-to-the-shop', 10);
