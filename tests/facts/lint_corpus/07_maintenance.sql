-- # Vacuum, analyze, cluster
CREATE TABLE orders (id int PRIMARY KEY, note text);
CREATE TABLE plain (id int, note text);
CREATE INDEX orders_note ON orders (note);
INSERT INTO orders SELECT i, 'n' FROM generate_series(1, 20) i;
INSERT INTO plain SELECT i, 'n' FROM generate_series(1, 20) i;
-- run

ANALYZE orders;
--> locks orders SHARE UPDATE EXCLUSIVE

ANALYZE VERBOSE orders (id);
--> locks orders SHARE UPDATE EXCLUSIVE

ANALYZE orders, plain;
--> locks orders SHARE UPDATE EXCLUSIVE, plain SHARE UPDATE EXCLUSIVE

ANALYZE (SKIP_LOCKED) orders;
--> locks orders SHARE UPDATE EXCLUSIVE

VACUUM orders;
--> locks orders SHARE UPDATE EXCLUSIVE; no transaction

VACUUM ANALYZE orders;
--> locks orders SHARE UPDATE EXCLUSIVE; no transaction

VACUUM (FREEZE, VERBOSE) orders;
--> locks orders SHARE UPDATE EXCLUSIVE; no transaction

VACUUM (INDEX_CLEANUP OFF, TRUNCATE FALSE) orders, plain;
--> locks orders SHARE UPDATE EXCLUSIVE, plain SHARE UPDATE EXCLUSIVE; no transaction

VACUUM FULL orders;
--> locks orders ACCESS EXCLUSIVE; rewrites orders; scans orders; builds orders; no transaction

VACUUM FULL plain;
--> locks plain ACCESS EXCLUSIVE; rewrites plain; scans plain; no transaction

VACUUM (FULL, ANALYZE) orders;
--> locks orders ACCESS EXCLUSIVE; rewrites orders; scans orders; builds orders; no transaction

VACUUM (FULL FALSE) orders;
--> locks orders SHARE UPDATE EXCLUSIVE; no transaction

-- not run
VACUUM;
--> no transaction

-- not run
VACUUM FULL;
--> no transaction

CLUSTER orders USING orders_note;
--> locks orders ACCESS EXCLUSIVE; indexes orders_note ACCESS EXCLUSIVE, orders_pkey ACCESS EXCLUSIVE; rewrites orders; scans orders; builds orders

CLUSTER VERBOSE orders USING orders_pkey;
--> locks orders ACCESS EXCLUSIVE; indexes orders_note ACCESS EXCLUSIVE, orders_pkey ACCESS EXCLUSIVE; rewrites orders; scans orders; builds orders

-- unsaid: the index an earlier CLUSTER has chosen is not known
CLUSTER orders;
--> fails 42704

-- not run
CLUSTER;
--> no transaction

CHECKPOINT;
--> nothing

-- not run
ALTER SYSTEM SET work_mem = '8MB';
--> no transaction

-- not run
CREATE DATABASE x;
--> no transaction

-- not run
DROP DATABASE x;
--> no transaction

-- not run
CREATE TABLESPACE x LOCATION '/nowhere';
--> no transaction

-- not run
DROP TABLESPACE x;
--> no transaction

-- not run
ALTER DATABASE postgres SET TABLESPACE pg_default;
--> no transaction

-- not run
CREATE SUBSCRIPTION x CONNECTION 'host=nowhere' PUBLICATION p;
--> no transaction

CREATE SUBSCRIPTION x CONNECTION 'host=nowhere' PUBLICATION p WITH (connect = false);
--> nothing

DISCARD PLANS;
--> nothing

-- not run
DISCARD ALL;
--> no transaction

-- # Cluster and vacuum of partitioned tables
CREATE TABLE events (id int, at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE events_2023 PARTITION OF events FOR VALUES FROM ('2023-01-01') TO ('2024-01-01');
CREATE INDEX events_at ON events (at);
INSERT INTO events SELECT i, '2023-05-05' FROM generate_series(1, 20) i;
-- run

VACUUM events;
--> locks events SHARE UPDATE EXCLUSIVE, events_2023 SHARE UPDATE EXCLUSIVE; no transaction

VACUUM FULL events;
--> locks events ACCESS EXCLUSIVE, events_2023 ACCESS EXCLUSIVE; rewrites events_2023; scans events_2023; builds events_2023; no transaction

VACUUM events_2023;
--> locks events_2023 SHARE UPDATE EXCLUSIVE; no transaction

ANALYZE events_2023;
--> locks events_2023 SHARE UPDATE EXCLUSIVE

-- since 15
CLUSTER events USING events_at;
--> locks events ACCESS EXCLUSIVE, events_2023 ACCESS EXCLUSIVE; rewrites events_2023; scans events_2023; builds events_2023; no transaction

CLUSTER events_2023 USING events_2023_at_idx;
--> locks events_2023 ACCESS EXCLUSIVE; indexes events_2023_at_idx ACCESS EXCLUSIVE; rewrites events_2023; scans events_2023; builds events_2023

-- # Repack
CREATE TABLE orders (id int PRIMARY KEY, note text);
CREATE TABLE events (id int, at date NOT NULL, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE TABLE events_2023 PARTITION OF events FOR VALUES FROM ('2023-01-01') TO ('2024-01-01');
CREATE INDEX orders_note ON orders (note);
INSERT INTO orders SELECT i, 'x' FROM generate_series(1, 20) i;
INSERT INTO events SELECT i, '2023-05-05' FROM generate_series(1, 20) i;
-- run

REPACK orders;
--> [12-18] fails 42601
--> [19] locks orders ACCESS EXCLUSIVE; indexes orders_note ACCESS EXCLUSIVE, orders_pkey ACCESS EXCLUSIVE; rewrites orders; scans orders; builds orders

REPACK orders USING INDEX orders_pkey;
--> [12-18] fails 42601
--> [19] locks orders ACCESS EXCLUSIVE; indexes orders_note ACCESS EXCLUSIVE, orders_pkey ACCESS EXCLUSIVE; rewrites orders; scans orders; builds orders

REPACK (VERBOSE, ANALYZE) orders (id);
--> [12-18] fails 42601
--> [19] locks orders ACCESS EXCLUSIVE; rewrites orders; scans orders; builds orders; no transaction

-- not run
REPACK (CONCURRENTLY) orders;
--> [12-18] fails 42601
--> [19] no transaction

REPACK (CONCURRENTLY OFF) orders;
--> [12-18] fails 42601
--> [19] locks orders ACCESS EXCLUSIVE; indexes orders_note ACCESS EXCLUSIVE, orders_pkey ACCESS EXCLUSIVE; rewrites orders; scans orders; builds orders

REPACK events;
--> [12-18] fails 42601
--> [19] locks events ACCESS EXCLUSIVE, events_2023 ACCESS EXCLUSIVE; rewrites events_2023; scans events_2023; builds events_2023; no transaction

-- not run
REPACK;
--> [12-18] fails 42601
--> [19] no transaction

-- not run
REPACK USING INDEX;
--> [12-18] fails 42601
--> [19] no transaction

ALTER TABLE events SPLIT PARTITION events_2023 INTO (PARTITION e_a FOR VALUES FROM ('2023-01-01') TO ('2023-06-01'), PARTITION e_b FOR VALUES FROM ('2023-06-01') TO ('2024-01-01'));
--> fails 42601

ALTER TABLE events MERGE PARTITIONS (events_2023) INTO events_old;
--> fails 42601
