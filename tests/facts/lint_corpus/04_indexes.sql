-- # Building and dropping indexes
CREATE TABLE orders (
    id int PRIMARY KEY, note text, quantity int, code int UNIQUE, tags text[], body jsonb,
    span int4range);
CREATE TABLE items (id int, order_id int REFERENCES orders (id));
CREATE INDEX orders_note ON orders (note);
CREATE INDEX orders_lower ON orders (lower(note));
CREATE INDEX orders_quantity ON orders (quantity);
CREATE MATERIALIZED VIEW totals AS SELECT quantity, count(*) AS n FROM orders GROUP BY quantity;
CREATE UNIQUE INDEX totals_quantity ON totals (quantity);
INSERT INTO orders SELECT i, 'n', i, i FROM generate_series(1, 20) i;
INSERT INTO items SELECT i, i FROM generate_series(1, 20) i;
-- run

CREATE INDEX x ON orders (quantity);
--> locks orders SHARE; scans orders; builds orders

CREATE INDEX ON public.orders USING hash (note);
--> locks orders SHARE; scans orders; builds orders

CREATE UNIQUE INDEX x ON orders (id, quantity);
--> locks orders SHARE; scans orders; builds orders

-- unsaid: it depends on the rows
CREATE UNIQUE INDEX x ON orders (note);
--> fails 23505

CREATE INDEX x ON orders (lower(note) DESC NULLS LAST, quantity) WHERE quantity > 0;
--> locks orders SHARE; scans orders; builds orders

CREATE INDEX x ON orders (note COLLATE "C" text_pattern_ops) INCLUDE (quantity) WITH (fillfactor = 70);
--> locks orders SHARE; scans orders; builds orders

CREATE INDEX x ON orders USING gin (tags);
--> locks orders SHARE; scans orders; builds orders

CREATE INDEX x ON orders USING gin (body jsonb_path_ops);
--> locks orders SHARE; scans orders; builds orders

CREATE INDEX x ON orders USING gist (span);
--> locks orders SHARE; scans orders; builds orders

CREATE INDEX x ON orders USING brin (id);
--> locks orders SHARE; scans orders; builds orders

CREATE INDEX x ON orders USING spgist (note);
--> locks orders SHARE; scans orders; builds orders

CREATE INDEX IF NOT EXISTS x ON orders (note);
--> locks orders SHARE; scans orders; builds orders

CREATE INDEX IF NOT EXISTS orders_note ON orders (note);
--> locks orders SHARE

-- unsaid: the name may be free on a server of which only a part is known
CREATE INDEX orders_note ON orders (note);
--> fails 42P07

CREATE INDEX x ON ONLY orders (note);
--> locks orders SHARE; scans orders; builds orders

CREATE INDEX x ON totals (n);
--> locks totals SHARE; scans totals; builds totals

-- unsaid: the column may exist on a server of which only a part is known
CREATE INDEX x ON orders (nothing);
--> fails 42703

DROP INDEX orders_note;
--> locks orders ACCESS EXCLUSIVE; indexes orders_note ACCESS EXCLUSIVE

DROP INDEX IF EXISTS orders_note RESTRICT;
--> locks orders ACCESS EXCLUSIVE; indexes orders_note ACCESS EXCLUSIVE

DROP INDEX IF EXISTS nothing;
--> nothing

-- unsaid: the object may exist on a server of which only a part is known
DROP INDEX nothing;
--> fails 42704

DROP INDEX orders_note, orders_quantity;
--> locks orders ACCESS EXCLUSIVE; indexes orders_note ACCESS EXCLUSIVE, orders_quantity ACCESS EXCLUSIVE

DROP INDEX totals_quantity;
--> locks totals ACCESS EXCLUSIVE; indexes totals_quantity ACCESS EXCLUSIVE

DROP INDEX orders_pkey;
--> fails 2BP01

DROP INDEX orders_code_key;
--> fails 2BP01

ALTER INDEX orders_note RENAME TO x;
--> indexes orders_note SHARE UPDATE EXCLUSIVE

ALTER INDEX orders_pkey RENAME TO x;
--> indexes orders_pkey SHARE UPDATE EXCLUSIVE

ALTER INDEX IF EXISTS nothing RENAME TO x;
--> nothing

ALTER TABLE orders_note RENAME TO x;
--> indexes orders_note ACCESS EXCLUSIVE

ALTER INDEX orders_note SET (fillfactor = 70);
--> indexes orders_note SHARE UPDATE EXCLUSIVE

ALTER INDEX orders_note RESET (fillfactor);
--> indexes orders_note SHARE UPDATE EXCLUSIVE

ALTER INDEX orders_note SET TABLESPACE pg_default;
--> indexes orders_note ACCESS EXCLUSIVE

ALTER INDEX orders_note SET TABLESPACE ec_facts;
--> indexes orders_note ACCESS EXCLUSIVE; builds orders

ALTER INDEX orders_lower ALTER COLUMN 1 SET STATISTICS 100;
--> indexes orders_lower SHARE UPDATE EXCLUSIVE

REINDEX INDEX orders_note;
--> locks orders SHARE; indexes orders_note ACCESS EXCLUSIVE; scans orders; builds orders

REINDEX TABLE orders;
--> locks orders SHARE; indexes orders_code_key ACCESS EXCLUSIVE, orders_lower ACCESS EXCLUSIVE, orders_note ACCESS EXCLUSIVE, orders_pkey ACCESS EXCLUSIVE, orders_quantity ACCESS EXCLUSIVE; scans orders; builds orders

REINDEX (VERBOSE) TABLE items;
--> locks items SHARE

REINDEX INDEX totals_quantity;
--> locks totals SHARE; indexes totals_quantity ACCESS EXCLUSIVE; scans totals; builds totals

COMMENT ON INDEX orders_note IS 'x';
--> indexes orders_note SHARE UPDATE EXCLUSIVE

-- # Building and dropping indexes concurrently
CREATE TABLE orders (id int PRIMARY KEY, note text, quantity int, code int UNIQUE);
CREATE INDEX orders_note ON orders (note);
INSERT INTO orders SELECT i, 'n', i, i FROM generate_series(1, 20) i;
-- run

CREATE INDEX CONCURRENTLY x ON orders (quantity);
--> locks orders SHARE UPDATE EXCLUSIVE; scans orders; builds orders; no transaction

CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS x ON orders (quantity);
--> locks orders SHARE UPDATE EXCLUSIVE; scans orders; builds orders; no transaction

CREATE INDEX CONCURRENTLY ON orders (lower(note)) WHERE quantity > 1;
--> locks orders SHARE UPDATE EXCLUSIVE; scans orders; builds orders; no transaction

DROP INDEX CONCURRENTLY orders_note;
--> locks orders SHARE UPDATE EXCLUSIVE; no transaction

DROP INDEX CONCURRENTLY IF EXISTS orders_note;
--> locks orders SHARE UPDATE EXCLUSIVE; no transaction

REINDEX INDEX CONCURRENTLY orders_note;
--> locks orders SHARE UPDATE EXCLUSIVE; scans orders; builds orders; no transaction

REINDEX TABLE CONCURRENTLY orders;
--> locks orders SHARE UPDATE EXCLUSIVE; scans orders; builds orders; no transaction

REINDEX (CONCURRENTLY) INDEX orders_pkey;
--> [12-13] fails 42601
--> [14-19] locks orders SHARE UPDATE EXCLUSIVE; scans orders; builds orders; no transaction

REINDEX SCHEMA public;
--> locks orders SHARE; scans orders; builds orders; no transaction

REINDEX SCHEMA CONCURRENTLY public;
--> locks orders SHARE UPDATE EXCLUSIVE; scans orders; builds orders; no transaction

-- since 16
-- not run
REINDEX DATABASE;
--> no transaction

-- since 16
-- not run
REINDEX SYSTEM;
--> no transaction

-- # Indexes of partitioned tables
CREATE TABLE events (id int, at date NOT NULL, note text) PARTITION BY RANGE (at);
CREATE TABLE events_2023 PARTITION OF events FOR VALUES FROM ('2023-01-01') TO ('2024-01-01');
CREATE TABLE events_2024 PARTITION OF events FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE INDEX events_id ON events (id);
CREATE INDEX events_note ON ONLY events (note);
CREATE INDEX events_2023_note ON events_2023 (note);
INSERT INTO events SELECT i, '2023-02-02', 'n' FROM generate_series(1, 20) i;
-- run

CREATE INDEX x ON events (at);
--> locks events SHARE, events_2023 SHARE, events_2024 SHARE; scans events_2023, events_2024; builds events_2023, events_2024

CREATE INDEX x ON ONLY events (at);
--> locks events SHARE

CREATE INDEX x ON events (note);
--> locks events SHARE, events_2023 SHARE, events_2024 SHARE; indexes events_2023_note SHARE; scans events_2024; builds events_2024

CREATE UNIQUE INDEX x ON events (at, id);
--> locks events SHARE, events_2023 SHARE, events_2024 SHARE; scans events_2023, events_2024; builds events_2023, events_2024

CREATE UNIQUE INDEX x ON events (id);
--> fails 0A000

CREATE INDEX x ON events_2023 (at);
--> locks events_2023 SHARE; scans events_2023; builds events_2023

ALTER INDEX events_note ATTACH PARTITION events_2023_note;
--> locks events ACCESS SHARE, events_2023 ACCESS SHARE; indexes events_2023_note ACCESS EXCLUSIVE, events_note SHARE UPDATE EXCLUSIVE

DROP INDEX events_id;
--> locks events ACCESS EXCLUSIVE, events_2023 ACCESS EXCLUSIVE, events_2024 ACCESS EXCLUSIVE; indexes events_2023_id_idx ACCESS EXCLUSIVE, events_2024_id_idx ACCESS EXCLUSIVE, events_id ACCESS EXCLUSIVE

-- unsaid: which indexes belong to the index of a partitioned table is not said
DROP INDEX events_2023_id_idx;
--> fails 2BP01

DROP INDEX events_2023_note;
--> locks events_2023 ACCESS EXCLUSIVE; indexes events_2023_note ACCESS EXCLUSIVE

ALTER INDEX events_id RENAME TO x;
--> indexes events_id SHARE UPDATE EXCLUSIVE

CREATE INDEX CONCURRENTLY x ON events_2024 (id);
--> locks events_2024 SHARE UPDATE EXCLUSIVE; scans events_2024; builds events_2024; no transaction

CREATE INDEX CONCURRENTLY x ON events (id);
--> fails 0A000

REINDEX TABLE events;
--> [12-13] locks events SHARE
--> [14-19] locks events SHARE, events_2023 SHARE, events_2024 SHARE; scans events_2023, events_2024; builds events_2023, events_2024; no transaction

REINDEX INDEX events_id;
--> [12-13] fails 0A000
--> [14-19] locks events SHARE, events_2023 SHARE, events_2024 SHARE; scans events_2023, events_2024; builds events_2023, events_2024; no transaction

REINDEX TABLE events_2023;
--> locks events_2023 SHARE; indexes events_2023_id_idx ACCESS EXCLUSIVE, events_2023_note ACCESS EXCLUSIVE; scans events_2023; builds events_2023

REINDEX TABLE CONCURRENTLY events;
--> [12-13] locks events SHARE UPDATE EXCLUSIVE; no transaction
--> [14-19] locks events SHARE UPDATE EXCLUSIVE, events_2023 SHARE, events_2024 SHARE; scans events_2023, events_2024; builds events_2023, events_2024; no transaction
