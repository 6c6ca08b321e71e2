CREATE TABLE customers (
    id int PRIMARY KEY, email varchar(50) UNIQUE, name text, region text DEFAULT 'eu', score int);
CREATE TABLE products (id int PRIMARY KEY, title text);
CREATE TABLE orders (
    id int PRIMARY KEY,
    customer_id int NOT NULL REFERENCES customers (id),
    product_id int,
    note text,
    code varchar(20),
    quantity int,
    price numeric(10, 2),
    discount numeric,
    at timestamp,
    seen timestamptz,
    short_at timestamp(3),
    data json,
    body jsonb,
    address cidr,
    flags varbit(8),
    letter char(3),
    filled text NOT NULL,
    proven text,
    doubled int GENERATED ALWAYS AS (quantity * 2) STORED,
    tags text[],
    token uuid,
    day date,
    time_of_day time,
    span interval,
    big bigint,
    small smallint,
    ratio real,
    CONSTRAINT proven_filled CHECK (proven IS NOT NULL AND length(proven) > 0),
    CONSTRAINT discount_positive CHECK (discount > 0),
    CONSTRAINT code_short CHECK (length(code) < 100));
ALTER TABLE orders ADD CONSTRAINT later_check CHECK (quantity > 0) NOT VALID;
ALTER TABLE orders ADD CONSTRAINT product_fk FOREIGN KEY (product_id) REFERENCES products (id) NOT VALID;
CREATE INDEX orders_note_idx ON orders (note);
CREATE INDEX orders_lower_code_idx ON orders (lower(code));
CREATE UNIQUE INDEX orders_big_uq ON orders (big);
CREATE UNIQUE INDEX orders_filled_uq ON orders (filled);
CREATE INDEX orders_letter_idx ON orders (letter) WHERE quantity > 3;
CREATE TABLE plain (id int, label text, amount numeric(8, 2), words varchar(10));
CREATE TABLE loose (id int, label text);
CREATE TABLE order_items (id int PRIMARY KEY, order_id int REFERENCES orders (id), line int);
CREATE TABLE events (id int, at date NOT NULL, note text) PARTITION BY RANGE (at);
CREATE TABLE events_2023 PARTITION OF events FOR VALUES FROM ('2023-01-01') TO ('2024-01-01');
CREATE TABLE events_2024 PARTITION OF events FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE events_2025 (id int, at date NOT NULL, note text);
CREATE TABLE events_2026 (id int, at date NOT NULL, note text,
    CONSTRAINT in_2026 CHECK (at >= '2026-01-01' AND at < '2027-01-01'));
CREATE TABLE logs (id int, kind text) PARTITION BY LIST (kind);
CREATE TABLE logs_a PARTITION OF logs FOR VALUES IN ('a');
CREATE TABLE logs_rest PARTITION OF logs DEFAULT;
CREATE TABLE logs_b (id int, kind text);
CREATE TABLE keyed (id int, kind text, customer_id int REFERENCES customers (id),
    PRIMARY KEY (id, kind)) PARTITION BY LIST (kind);
CREATE TABLE keyed_a PARTITION OF keyed FOR VALUES IN ('a');
CREATE TABLE keyed_b (id int NOT NULL, kind text NOT NULL, customer_id int);
CREATE TABLE animals (id int, name text);
CREATE TABLE strays (id int, name text);
CREATE TABLE cats (lives int) INHERITS (animals);
CREATE DOMAIN positive_int AS int CHECK (VALUE > 0);
CREATE DOMAIN plain_text AS text;
CREATE TYPE mood AS ENUM ('good', 'bad');
CREATE TABLE moods (id int, mood mood, positive positive_int, words plain_text);
CREATE VIEW order_notes AS SELECT note, filled FROM orders;
CREATE MATERIALIZED VIEW totals AS
    SELECT region, sum(score) AS total FROM customers GROUP BY region;
CREATE UNIQUE INDEX totals_uq ON totals (region);
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER plain_touch BEFORE INSERT ON plain FOR EACH ROW EXECUTE FUNCTION touch();
CREATE FUNCTION volatile_text() RETURNS text LANGUAGE plpgsql VOLATILE AS 'BEGIN RETURN random()::text; END';
CREATE FUNCTION stable_text() RETURNS text LANGUAGE plpgsql STABLE AS 'BEGIN RETURN now()::text; END';
CREATE POLICY plain_policy ON plain USING (true);
CREATE RULE plain_rule AS ON DELETE TO loose DO INSTEAD NOTHING;
CREATE SEQUENCE counter;
CREATE UNLOGGED TABLE cache (id int, body text);
CREATE SCHEMA archive;
