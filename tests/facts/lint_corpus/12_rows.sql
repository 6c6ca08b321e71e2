-- # Rows
CREATE TABLE plain (id int, note text);
CREATE TABLE orders (id int PRIMARY KEY, note text);
CREATE TABLE items (id int, order_id int REFERENCES orders (id) ON DELETE CASCADE);
CREATE VIEW seen AS SELECT id FROM plain;
INSERT INTO plain SELECT i, 'n' FROM generate_series(1, 20) i;
INSERT INTO orders SELECT i, 'n' FROM generate_series(1, 20) i;
INSERT INTO items SELECT i, i FROM generate_series(1, 20) i;
-- run

INSERT INTO plain VALUES (1, 'x');
--> locks plain ROW EXCLUSIVE

INSERT INTO plain (id) SELECT id FROM orders;
--> locks orders ACCESS SHARE, plain ROW EXCLUSIVE; scans orders

INSERT INTO plain DEFAULT VALUES;
--> locks plain ROW EXCLUSIVE

INSERT INTO orders VALUES (1, 'x') ON CONFLICT (id) DO NOTHING;
--> locks orders ROW EXCLUSIVE

INSERT INTO items VALUES (1, 1);
--> [12-18] locks items ROW EXCLUSIVE, orders ROW SHARE; scans orders
--> [19] locks items ROW EXCLUSIVE, orders ROW SHARE

UPDATE plain SET note = 'x';
--> locks plain ROW EXCLUSIVE; scans plain

UPDATE plain SET note = o.note FROM orders o WHERE o.id = plain.id;
--> locks orders ACCESS SHARE, plain ROW EXCLUSIVE; scans orders, plain

UPDATE orders SET note = 'x';
--> locks orders ROW EXCLUSIVE; scans orders

DELETE FROM plain;
--> locks plain ROW EXCLUSIVE; scans plain

DELETE FROM plain USING orders o WHERE o.id = plain.id;
--> locks orders ACCESS SHARE, plain ROW EXCLUSIVE; scans orders, plain

-- since 15
MERGE INTO plain p USING orders o ON p.id = o.id WHEN MATCHED THEN UPDATE SET note = o.note;
--> locks orders ACCESS SHARE, plain ROW EXCLUSIVE; scans orders, plain

WITH gone AS (DELETE FROM plain RETURNING id) SELECT count(*) FROM gone;
--> locks plain ROW EXCLUSIVE; scans plain

SELECT * FROM plain;
--> locks plain ACCESS SHARE; scans plain

TABLE plain;
--> locks plain ACCESS SHARE; scans plain

SELECT * FROM seen;
--> locks plain ACCESS SHARE, seen ACCESS SHARE; scans plain

SELECT * FROM plain FOR UPDATE;
--> locks plain ROW SHARE; scans plain

SELECT * FROM plain JOIN orders USING (id);
--> locks orders ACCESS SHARE, plain ACCESS SHARE; scans orders, plain

WITH found AS (SELECT id FROM orders) SELECT * FROM found;
--> locks orders ACCESS SHARE; scans orders

SELECT 1;
--> nothing

VALUES (1);
--> nothing

-- unsaid: a lock that readers take, for a moment
EXPLAIN SELECT * FROM plain;
--> locks plain ACCESS SHARE

-- unsaid: a lock that readers take
DECLARE rows CURSOR FOR SELECT * FROM plain;
--> locks plain ACCESS SHARE

-- unsaid: a lock that readers take, for a moment
PREPARE x AS SELECT * FROM plain;
--> locks plain ACCESS SHARE

DO $$ BEGIN PERFORM 1; END $$;
--> nothing

DO $$ BEGIN IF true THEN ALTER TABLE plain ADD COLUMN x int; END IF; END $$;
--> locks plain ACCESS EXCLUSIVE

DO $$ BEGIN EXECUTE 'ALTER TABLE plain ADD COLUMN x int'; END $$;
--> locks plain ACCESS EXCLUSIVE

DO $$ BEGIN UPDATE plain SET note = 'y'; END $$;
--> locks plain ROW EXCLUSIVE; scans plain

DO $$ BEGIN UPDATE plain SET note = CASE WHEN id > 1 THEN 'a' ELSE 'b' END; END $$;
--> locks plain ROW EXCLUSIVE; scans plain

DO $$ DECLARE comment text; BEGIN comment := 'x'; FOR comment IN DELETE FROM plain RETURNING note LOOP NULL; END LOOP; END $$;
--> locks plain ROW EXCLUSIVE; scans plain

DO $$ BEGIN IF (CASE WHEN true THEN true ELSE false END) THEN EXECUTE 'UPDATE plain SET note = $1' USING 'x'; END IF; END $$;
--> locks plain ROW EXCLUSIVE; scans plain

DO $$ DECLARE n int; BEGIN SELECT count(*) INTO n FROM plain; END $$;
--> locks plain ACCESS SHARE; scans plain

CREATE TABLE gone AS WITH d AS (DELETE FROM plain RETURNING *) SELECT * FROM d;
--> locks plain ROW EXCLUSIVE; scans plain

CREATE TABLE gone AS WITH d AS (DELETE FROM plain RETURNING *) SELECT d.* FROM d JOIN orders USING (id) WITH NO DATA;
--> locks orders ACCESS SHARE, plain ROW EXCLUSIVE

COPY (WITH d AS (UPDATE plain SET note = 'x' RETURNING *) SELECT * FROM d) TO '/dev/null';
--> locks plain ROW EXCLUSIVE; scans plain

COPY (DELETE FROM plain RETURNING *) TO '/dev/null';
--> locks plain ROW EXCLUSIVE; scans plain

COPY (SELECT * FROM plain) TO '/dev/null';
--> locks plain ACCESS SHARE; scans plain

PREPARE y AS UPDATE plain SET note = 'x';
--> locks plain ROW EXCLUSIVE

EXPLAIN (ANALYZE) DELETE FROM plain;
--> locks plain ROW EXCLUSIVE; scans plain

-- unsaid: a lock for a moment
EXPLAIN (ANALYZE false) DELETE FROM plain;
--> locks plain ROW EXCLUSIVE

EXPLAIN ANALYZE CREATE TABLE copied AS SELECT * FROM plain;
--> locks plain ACCESS SHARE; scans plain
