CREATE TABLE customers (id bigint PRIMARY KEY, name text);
CREATE TABLE orders (
    id bigint PRIMARY KEY, customer_id bigint, note text, code varchar(20), total numeric(10, 2),
    at timestamp, state text, done int NOT NULL DEFAULT 0,
    base int, doubled int GENERATED ALWAYS AS (base * 2) STORED, paid date
);
CREATE TABLE orders_old (id bigint);
CREATE TABLE items (id bigint PRIMARY KEY, order_id bigint REFERENCES orders, note text);
CREATE INDEX orders_note ON orders (note);
CREATE INDEX items_note ON items (note);
CREATE INDEX items_order ON items (order_id);
CREATE TABLE events (id int, at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE events_2023 PARTITION OF events FOR VALUES FROM ('2023-01-01') TO ('2024-01-01');
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE TYPE pair AS (a int, b int);
CREATE SEQUENCE s;
CREATE VIEW states AS SELECT id, state FROM orders;
CREATE MATERIALIZED VIEW totals AS SELECT paid, count(*) FROM orders GROUP BY paid;
