-- # Views and materialized views
CREATE TABLE orders (id int PRIMARY KEY, note text, quantity int);
CREATE TABLE customers (id int PRIMARY KEY);
CREATE VIEW notes AS SELECT id, note FROM orders;
CREATE VIEW notes_again AS SELECT id FROM notes;
CREATE MATERIALIZED VIEW totals AS SELECT quantity, count(*) AS n FROM orders GROUP BY quantity;
CREATE UNIQUE INDEX totals_quantity ON totals (quantity);
CREATE MATERIALIZED VIEW unkeyed AS SELECT id FROM orders;
CREATE SCHEMA archive;
INSERT INTO orders SELECT i, 'n', i FROM generate_series(1, 20) i;
REFRESH MATERIALIZED VIEW totals;
-- run

CREATE VIEW x AS SELECT id FROM orders;
--> locks orders ACCESS SHARE

CREATE VIEW x AS SELECT o.id FROM orders o JOIN customers c ON c.id = o.id;
--> locks customers ACCESS SHARE, orders ACCESS SHARE

CREATE OR REPLACE VIEW x AS SELECT 1 AS one;
--> nothing

CREATE OR REPLACE VIEW notes AS SELECT id, note FROM orders;
--> locks notes ACCESS EXCLUSIVE, orders ACCESS SHARE

CREATE OR REPLACE VIEW notes AS SELECT id, note, quantity FROM orders;
--> locks notes ACCESS EXCLUSIVE, orders ACCESS SHARE

CREATE OR REPLACE VIEW notes AS SELECT id FROM orders;
--> fails 42P16

CREATE TEMP VIEW x AS SELECT id FROM orders;
--> locks orders ACCESS SHARE

CREATE RECURSIVE VIEW x (n) AS VALUES (1) UNION ALL SELECT n + 1 FROM x WHERE n < 3;
--> nothing

DROP VIEW notes_again;
--> locks notes_again ACCESS EXCLUSIVE

DROP VIEW notes;
--> fails 2BP01

DROP VIEW notes CASCADE;
--> locks notes ACCESS EXCLUSIVE, notes_again ACCESS EXCLUSIVE

DROP VIEW IF EXISTS nothing;
--> nothing

ALTER VIEW notes RENAME TO x;
--> locks notes ACCESS EXCLUSIVE

ALTER VIEW notes RENAME COLUMN note TO remark;
--> [12] fails 42601
--> [13-19] locks notes ACCESS EXCLUSIVE

ALTER VIEW notes ALTER COLUMN note SET DEFAULT 'x';
--> locks notes ACCESS EXCLUSIVE

ALTER VIEW notes SET (security_barrier = true);
--> locks notes ACCESS EXCLUSIVE

ALTER VIEW notes SET SCHEMA archive;
--> locks notes ACCESS EXCLUSIVE

ALTER VIEW notes OWNER TO CURRENT_USER;
--> locks notes ACCESS EXCLUSIVE

COMMENT ON VIEW notes IS 'x';
--> locks notes SHARE UPDATE EXCLUSIVE

CREATE MATERIALIZED VIEW x AS SELECT id FROM orders;
--> locks orders ACCESS SHARE; scans orders

CREATE MATERIALIZED VIEW IF NOT EXISTS x AS SELECT id FROM orders WITH NO DATA;
--> locks orders ACCESS SHARE

REFRESH MATERIALIZED VIEW totals;
--> locks orders ACCESS SHARE, totals ACCESS EXCLUSIVE; indexes totals_quantity ACCESS EXCLUSIVE; rewrites totals; scans orders, totals; builds totals

REFRESH MATERIALIZED VIEW unkeyed;
--> locks orders ACCESS SHARE, unkeyed ACCESS EXCLUSIVE; rewrites unkeyed; scans orders

REFRESH MATERIALIZED VIEW totals WITH NO DATA;
--> locks totals ACCESS EXCLUSIVE; indexes totals_quantity ACCESS EXCLUSIVE; rewrites totals; scans totals; builds totals

REFRESH MATERIALIZED VIEW CONCURRENTLY totals;
--> locks orders ACCESS SHARE, totals EXCLUSIVE; scans orders, totals

REFRESH MATERIALIZED VIEW CONCURRENTLY unkeyed;
--> fails 55000

ALTER MATERIALIZED VIEW totals RENAME TO x;
--> locks totals ACCESS EXCLUSIVE

ALTER MATERIALIZED VIEW totals RENAME COLUMN n TO m;
--> locks totals ACCESS EXCLUSIVE

ALTER MATERIALIZED VIEW totals SET (fillfactor = 70);
--> locks totals SHARE UPDATE EXCLUSIVE

ALTER MATERIALIZED VIEW totals SET SCHEMA archive;
--> locks totals ACCESS EXCLUSIVE

ALTER MATERIALIZED VIEW totals CLUSTER ON totals_quantity;
--> locks totals SHARE UPDATE EXCLUSIVE; indexes totals_quantity SHARE UPDATE EXCLUSIVE

ALTER MATERIALIZED VIEW totals ALTER COLUMN n SET STATISTICS 10;
--> locks totals SHARE UPDATE EXCLUSIVE

ALTER MATERIALIZED VIEW totals OWNER TO CURRENT_USER;
--> locks totals ACCESS EXCLUSIVE

DROP MATERIALIZED VIEW totals;
--> locks totals ACCESS EXCLUSIVE; indexes totals_quantity ACCESS EXCLUSIVE

COMMENT ON MATERIALIZED VIEW totals IS 'x';
--> locks totals SHARE UPDATE EXCLUSIVE
