-- # Making, dropping and emptying tables
CREATE TABLE customers (id int PRIMARY KEY, name text);
CREATE TABLE products (id int PRIMARY KEY);
CREATE TABLE orders (
    id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, note text,
    customer_id int REFERENCES customers (id), product_id int REFERENCES products (id));
CREATE TABLE items (id int, order_id int REFERENCES orders (id));
CREATE TABLE plain (id int, note text);
CREATE TABLE loose (id int);
CREATE VIEW seen AS SELECT id, note FROM plain;
CREATE TYPE pair AS (a int, b int);
INSERT INTO customers SELECT i, 'n' FROM generate_series(1, 20) i;
INSERT INTO products SELECT i FROM generate_series(1, 20) i;
INSERT INTO orders (note, customer_id, product_id) SELECT 'n', i, i FROM generate_series(1, 20) i;
INSERT INTO items SELECT i, i FROM generate_series(1, 20) i;
INSERT INTO plain SELECT i, 'n' FROM generate_series(1, 20) i;
-- run

CREATE TABLE x (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, note text UNIQUE);
--> nothing

CREATE TABLE IF NOT EXISTS plain (id int, other int);
--> nothing

-- unsaid: the name may be free on a server of which only a part is known
CREATE TABLE plain (id int);
--> fails 42P07

CREATE TABLE x (id int REFERENCES customers (id));
--> locks customers SHARE ROW EXCLUSIVE

CREATE TABLE x (id int REFERENCES customers (id), p int REFERENCES products);
--> locks customers SHARE ROW EXCLUSIVE, products SHARE ROW EXCLUSIVE

CREATE TABLE x (id int, FOREIGN KEY (id) REFERENCES public.customers ON DELETE CASCADE);
--> locks customers SHARE ROW EXCLUSIVE

CREATE TABLE x (id int PRIMARY KEY, parent int REFERENCES x (id));
--> nothing

CREATE TABLE x (LIKE orders);
--> locks orders ACCESS SHARE

CREATE TABLE x (LIKE orders INCLUDING ALL);
--> locks orders ACCESS SHARE

CREATE TABLE x (LIKE seen);
--> locks seen ACCESS SHARE

CREATE TABLE x OF pair;
--> nothing

CREATE TABLE x (id int, at date) PARTITION BY RANGE (at);
--> nothing

CREATE UNLOGGED TABLE x (id int);
--> nothing

CREATE TEMPORARY TABLE x (id int) ON COMMIT DROP;
--> nothing

CREATE TEMP TABLE x (LIKE plain);
--> locks plain ACCESS SHARE

CREATE TABLE x AS SELECT * FROM plain;
--> locks plain ACCESS SHARE; scans plain

CREATE TABLE x AS SELECT id FROM plain WITH NO DATA;
--> locks plain ACCESS SHARE

SELECT * INTO x FROM plain;
--> locks plain ACCESS SHARE; scans plain

DROP TABLE loose;
--> locks loose ACCESS EXCLUSIVE

DROP TABLE IF EXISTS nothing;
--> nothing

-- unsaid: the table may exist on a server of which only a part is known
DROP TABLE nothing;
--> fails 42P01

DROP TABLE plain;
--> fails 2BP01

DROP TABLE plain CASCADE;
--> locks plain ACCESS EXCLUSIVE, seen ACCESS EXCLUSIVE

DROP TABLE loose, items;
--> locks items ACCESS EXCLUSIVE, loose ACCESS EXCLUSIVE, orders ACCESS EXCLUSIVE

DROP TABLE items;
--> locks items ACCESS EXCLUSIVE, orders ACCESS EXCLUSIVE

DROP TABLE orders;
--> fails 2BP01

DROP TABLE orders CASCADE;
--> locks customers ACCESS EXCLUSIVE, items ACCESS EXCLUSIVE, orders ACCESS EXCLUSIVE, products ACCESS EXCLUSIVE; indexes orders_pkey ACCESS EXCLUSIVE

DROP TABLE customers CASCADE;
--> locks customers ACCESS EXCLUSIVE, orders ACCESS EXCLUSIVE; indexes customers_pkey ACCESS EXCLUSIVE

DROP TABLE orders, items;
--> locks customers ACCESS EXCLUSIVE, items ACCESS EXCLUSIVE, orders ACCESS EXCLUSIVE, products ACCESS EXCLUSIVE; indexes orders_pkey ACCESS EXCLUSIVE

TRUNCATE plain;
--> locks plain ACCESS EXCLUSIVE; rewrites plain

TRUNCATE TABLE loose, items RESTART IDENTITY;
--> locks items ACCESS EXCLUSIVE, loose ACCESS EXCLUSIVE; rewrites items, loose

TRUNCATE orders;
--> fails 0A000

TRUNCATE orders CASCADE;
--> locks items ACCESS EXCLUSIVE, orders ACCESS EXCLUSIVE; indexes orders_pkey ACCESS EXCLUSIVE; rewrites items, orders; scans orders; builds orders

TRUNCATE customers CASCADE;
--> locks customers ACCESS EXCLUSIVE, items ACCESS EXCLUSIVE, orders ACCESS EXCLUSIVE; indexes customers_pkey ACCESS EXCLUSIVE, orders_pkey ACCESS EXCLUSIVE; rewrites customers, items, orders; scans customers, orders; builds customers, orders

-- # Settings of tables
CREATE TABLE orders (id int PRIMARY KEY, note text, filled int NOT NULL);
CREATE TABLE plain (id int, note text);
CREATE UNLOGGED TABLE cache (id int PRIMARY KEY, body text);
CREATE UNIQUE INDEX orders_filled ON orders (filled);
CREATE INDEX orders_note ON orders (note);
CREATE TYPE pair AS (id int, note text);
CREATE TABLE typed OF pair;
CREATE SCHEMA archive;
CREATE TABLE archive.olds (id int, note text);
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER plain_touch BEFORE INSERT ON plain FOR EACH ROW EXECUTE FUNCTION touch();
CREATE RULE plain_rule AS ON DELETE TO plain DO INSTEAD NOTHING;
INSERT INTO orders SELECT i, 'n', i FROM generate_series(1, 20) i;
INSERT INTO plain SELECT i, 'n' FROM generate_series(1, 20) i;
INSERT INTO cache SELECT i, 'n' FROM generate_series(1, 20) i;
-- run

ALTER TABLE orders RENAME TO purchases;
--> locks orders ACCESS EXCLUSIVE

ALTER TABLE IF EXISTS nothing RENAME TO x;
--> nothing

-- unsaid: the table may exist on a server of which only a part is known
ALTER TABLE nothing RENAME TO x;
--> fails 42P01

-- unsaid: the name may be free on a server of which only a part is known
ALTER TABLE orders RENAME TO plain;
--> fails 42P07

ALTER TABLE orders SET SCHEMA archive;
--> locks orders ACCESS EXCLUSIVE

ALTER TABLE archive.olds SET SCHEMA public;
--> locks archive.olds ACCESS EXCLUSIVE

ALTER TABLE archive.olds ADD COLUMN x int;
--> locks archive.olds ACCESS EXCLUSIVE

ALTER TABLE archive.olds ALTER COLUMN note SET NOT NULL;
--> locks archive.olds ACCESS EXCLUSIVE; scans archive.olds

ALTER TABLE orders OWNER TO CURRENT_USER;
--> locks orders ACCESS EXCLUSIVE

ALTER TABLE plain SET UNLOGGED;
--> locks plain ACCESS EXCLUSIVE; rewrites plain; scans plain

ALTER TABLE orders SET UNLOGGED;
--> locks orders ACCESS EXCLUSIVE; indexes orders_filled ACCESS EXCLUSIVE, orders_note ACCESS EXCLUSIVE, orders_pkey ACCESS EXCLUSIVE; rewrites orders; scans orders; builds orders

ALTER TABLE cache SET LOGGED;
--> locks cache ACCESS EXCLUSIVE; indexes cache_pkey ACCESS EXCLUSIVE; rewrites cache; scans cache; builds cache

ALTER TABLE plain SET LOGGED;
--> locks plain ACCESS EXCLUSIVE

ALTER TABLE plain SET (fillfactor = 80);
--> locks plain SHARE UPDATE EXCLUSIVE

ALTER TABLE plain SET (autovacuum_enabled = false, toast.autovacuum_enabled = false);
--> locks plain SHARE UPDATE EXCLUSIVE

ALTER TABLE plain SET (autovacuum_vacuum_scale_factor = 0.01);
--> locks plain SHARE UPDATE EXCLUSIVE

ALTER TABLE plain SET (parallel_workers = 2);
--> locks plain SHARE UPDATE EXCLUSIVE

ALTER TABLE plain SET (toast_tuple_target = 4096);
--> locks plain SHARE UPDATE EXCLUSIVE

ALTER TABLE plain RESET (fillfactor);
--> locks plain SHARE UPDATE EXCLUSIVE

ALTER TABLE plain SET (user_catalog_table = true);
--> locks plain ACCESS EXCLUSIVE

ALTER TABLE plain SET WITHOUT OIDS;
--> locks plain ACCESS EXCLUSIVE

ALTER TABLE orders REPLICA IDENTITY FULL;
--> locks orders ACCESS EXCLUSIVE

ALTER TABLE orders REPLICA IDENTITY NOTHING;
--> locks orders ACCESS EXCLUSIVE

ALTER TABLE orders REPLICA IDENTITY DEFAULT;
--> locks orders ACCESS EXCLUSIVE

ALTER TABLE orders REPLICA IDENTITY USING INDEX orders_filled;
--> locks orders ACCESS EXCLUSIVE; indexes orders_filled SHARE

ALTER TABLE orders CLUSTER ON orders_note;
--> locks orders SHARE UPDATE EXCLUSIVE; indexes orders_note SHARE UPDATE EXCLUSIVE

ALTER TABLE orders SET WITHOUT CLUSTER;
--> locks orders SHARE UPDATE EXCLUSIVE

ALTER TABLE orders SET TABLESPACE pg_default;
--> locks orders ACCESS EXCLUSIVE

ALTER TABLE orders SET TABLESPACE ec_facts;
--> locks orders ACCESS EXCLUSIVE; rewrites orders

-- since 15
ALTER TABLE orders SET ACCESS METHOD heap;
--> locks orders ACCESS EXCLUSIVE

ALTER TABLE plain DISABLE TRIGGER plain_touch;
--> locks plain SHARE ROW EXCLUSIVE

ALTER TABLE plain DISABLE TRIGGER ALL;
--> locks plain SHARE ROW EXCLUSIVE

ALTER TABLE plain ENABLE TRIGGER USER;
--> locks plain SHARE ROW EXCLUSIVE

ALTER TABLE plain ENABLE ALWAYS TRIGGER plain_touch;
--> locks plain SHARE ROW EXCLUSIVE

ALTER TABLE plain ENABLE REPLICA TRIGGER plain_touch;
--> locks plain SHARE ROW EXCLUSIVE

ALTER TABLE plain DISABLE RULE plain_rule;
--> locks plain ACCESS EXCLUSIVE

ALTER TABLE plain ENABLE ROW LEVEL SECURITY;
--> locks plain ACCESS EXCLUSIVE

ALTER TABLE plain DISABLE ROW LEVEL SECURITY;
--> locks plain ACCESS EXCLUSIVE

ALTER TABLE plain FORCE ROW LEVEL SECURITY;
--> locks plain ACCESS EXCLUSIVE

ALTER TABLE plain OF pair;
--> locks plain ACCESS EXCLUSIVE

ALTER TABLE typed NOT OF;
--> locks typed ACCESS EXCLUSIVE

ALTER TABLE plain ADD COLUMN x int, ALTER COLUMN note SET STATISTICS 5, SET (fillfactor = 90);
--> locks plain ACCESS EXCLUSIVE

ALTER SCHEMA archive RENAME TO attic;
--> nothing

-- unsaid: what a schema holds beside its tables is not known
DROP SCHEMA archive;
--> fails 2BP01

DROP SCHEMA archive CASCADE;
--> locks archive.olds ACCESS EXCLUSIVE

-- # Explicit locks
CREATE TABLE plain (id int);
CREATE TABLE other (id int);
CREATE VIEW seen AS SELECT id FROM plain;
CREATE VIEW seen_again AS SELECT id FROM seen;
-- run

LOCK TABLE plain;
--> locks plain ACCESS EXCLUSIVE

LOCK plain;
--> locks plain ACCESS EXCLUSIVE

LOCK TABLE ONLY plain;
--> locks plain ACCESS EXCLUSIVE

LOCK TABLE plain, other IN ACCESS SHARE MODE;
--> locks other ACCESS SHARE, plain ACCESS SHARE

LOCK TABLE plain IN ROW SHARE MODE;
--> locks plain ROW SHARE

LOCK TABLE plain IN ROW EXCLUSIVE MODE;
--> locks plain ROW EXCLUSIVE

LOCK TABLE plain IN SHARE UPDATE EXCLUSIVE MODE;
--> locks plain SHARE UPDATE EXCLUSIVE

LOCK TABLE plain IN SHARE MODE;
--> locks plain SHARE

LOCK TABLE plain IN SHARE ROW EXCLUSIVE MODE;
--> locks plain SHARE ROW EXCLUSIVE

LOCK TABLE plain IN EXCLUSIVE MODE;
--> locks plain EXCLUSIVE

LOCK TABLE plain IN ACCESS EXCLUSIVE MODE NOWAIT;
--> locks plain ACCESS EXCLUSIVE

LOCK TABLE seen IN ROW EXCLUSIVE MODE;
--> locks plain ROW EXCLUSIVE, seen ROW EXCLUSIVE

LOCK TABLE seen_again IN SHARE MODE;
--> locks plain SHARE, seen SHARE, seen_again SHARE
