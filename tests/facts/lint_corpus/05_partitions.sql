-- # Partitions
CREATE TABLE events (id int, at date NOT NULL, note text, filled int NOT NULL DEFAULT 1) PARTITION BY RANGE (at);
CREATE TABLE events_2023 PARTITION OF events FOR VALUES FROM ('2023-01-01') TO ('2024-01-01');
CREATE TABLE events_2024 PARTITION OF events FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE events_2025 (id int, at date NOT NULL, note text, filled int NOT NULL);
CREATE TABLE events_2026 (id int, at date NOT NULL, note text, filled int NOT NULL,
    CONSTRAINT in_2026 CHECK (at >= '2026-01-01' AND at < '2027-01-01'));
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER events_touch AFTER UPDATE ON events FOR EACH ROW EXECUTE FUNCTION touch();
CREATE TABLE customers (id int PRIMARY KEY);
CREATE SCHEMA archive;
INSERT INTO events SELECT i, '2023-05-05', 'n' FROM generate_series(1, 20) i;
INSERT INTO events SELECT i, '2024-05-05', 'n' FROM generate_series(1, 20) i;
INSERT INTO customers SELECT i FROM generate_series(1, 20) i;
-- run

ALTER TABLE events ADD COLUMN x text;
--> locks events ACCESS EXCLUSIVE, events_2023 ACCESS EXCLUSIVE, events_2024 ACCESS EXCLUSIVE

ALTER TABLE events ADD COLUMN x float DEFAULT random();
--> locks events ACCESS EXCLUSIVE, events_2023 ACCESS EXCLUSIVE, events_2024 ACCESS EXCLUSIVE; rewrites events_2023, events_2024; scans events_2023, events_2024

ALTER TABLE events ADD COLUMN x int CHECK (x > 0);
--> locks events ACCESS EXCLUSIVE, events_2023 ACCESS EXCLUSIVE, events_2024 ACCESS EXCLUSIVE; scans events_2023, events_2024

ALTER TABLE events ADD COLUMN x int REFERENCES customers (id);
--> locks customers SHARE ROW EXCLUSIVE, events ACCESS EXCLUSIVE, events_2023 ACCESS EXCLUSIVE, events_2024 ACCESS EXCLUSIVE

ALTER TABLE events DROP COLUMN note;
--> locks events ACCESS EXCLUSIVE, events_2023 ACCESS EXCLUSIVE, events_2024 ACCESS EXCLUSIVE

ALTER TABLE events RENAME COLUMN note TO remark;
--> locks events ACCESS EXCLUSIVE, events_2023 ACCESS EXCLUSIVE, events_2024 ACCESS EXCLUSIVE

ALTER TABLE events ALTER COLUMN note SET DEFAULT 'x';
--> locks events ACCESS EXCLUSIVE, events_2023 ACCESS EXCLUSIVE, events_2024 ACCESS EXCLUSIVE

ALTER TABLE ONLY events ALTER COLUMN note SET DEFAULT 'x';
--> locks events ACCESS EXCLUSIVE

ALTER TABLE events ALTER COLUMN note SET NOT NULL;
--> locks events ACCESS EXCLUSIVE, events_2023 ACCESS EXCLUSIVE, events_2024 ACCESS EXCLUSIVE; scans events_2023, events_2024

ALTER TABLE events ALTER COLUMN note DROP NOT NULL;
--> [12-17] locks events ACCESS EXCLUSIVE, events_2023 ACCESS EXCLUSIVE, events_2024 ACCESS EXCLUSIVE
--> [18-19] locks events ACCESS EXCLUSIVE

ALTER TABLE events ALTER COLUMN filled DROP NOT NULL;
--> locks events ACCESS EXCLUSIVE, events_2023 ACCESS EXCLUSIVE, events_2024 ACCESS EXCLUSIVE

ALTER TABLE events ALTER COLUMN note SET (n_distinct = 5);
--> locks events SHARE UPDATE EXCLUSIVE

ALTER TABLE events ALTER COLUMN note TYPE varchar;
--> locks events ACCESS EXCLUSIVE, events_2023 ACCESS EXCLUSIVE, events_2024 ACCESS EXCLUSIVE

ALTER TABLE events ALTER COLUMN id TYPE bigint;
--> locks events ACCESS EXCLUSIVE, events_2023 ACCESS EXCLUSIVE, events_2024 ACCESS EXCLUSIVE; rewrites events_2023, events_2024; scans events_2023, events_2024

ALTER TABLE events ALTER COLUMN note SET STATISTICS 100;
--> locks events SHARE UPDATE EXCLUSIVE, events_2023 SHARE UPDATE EXCLUSIVE, events_2024 SHARE UPDATE EXCLUSIVE

ALTER TABLE events ALTER COLUMN note SET STORAGE EXTERNAL;
--> locks events ACCESS EXCLUSIVE, events_2023 ACCESS EXCLUSIVE, events_2024 ACCESS EXCLUSIVE

ALTER TABLE events ADD CONSTRAINT x CHECK (id > 0);
--> locks events ACCESS EXCLUSIVE, events_2023 ACCESS EXCLUSIVE, events_2024 ACCESS EXCLUSIVE; scans events_2023, events_2024

ALTER TABLE events ADD CONSTRAINT x CHECK (id > 0) NOT VALID;
--> locks events ACCESS EXCLUSIVE, events_2023 ACCESS EXCLUSIVE, events_2024 ACCESS EXCLUSIVE

ALTER TABLE events ADD CONSTRAINT x UNIQUE (at, id);
--> [12-17] locks events ACCESS EXCLUSIVE, events_2023 SHARE, events_2024 SHARE; scans events_2023, events_2024; builds events_2023, events_2024
--> [18-19] locks events ACCESS EXCLUSIVE, events_2023 ACCESS EXCLUSIVE, events_2024 ACCESS EXCLUSIVE; scans events_2023, events_2024; builds events_2023, events_2024

ALTER TABLE events ADD PRIMARY KEY (id, at);
--> locks events ACCESS EXCLUSIVE, events_2023 ACCESS EXCLUSIVE, events_2024 ACCESS EXCLUSIVE; scans events_2023, events_2024; builds events_2023, events_2024

ALTER TABLE events ADD CONSTRAINT x UNIQUE (id);
--> fails 0A000

ALTER TABLE events ADD CONSTRAINT x FOREIGN KEY (id) REFERENCES customers (id);
--> locks customers SHARE ROW EXCLUSIVE, events SHARE ROW EXCLUSIVE, events_2023 SHARE ROW EXCLUSIVE, events_2024 SHARE ROW EXCLUSIVE; scans customers, events_2023, events_2024

ALTER TABLE events ADD CONSTRAINT x FOREIGN KEY (id) REFERENCES customers (id) NOT VALID;
--> [12-17] fails 42809
--> [18-19] locks customers SHARE ROW EXCLUSIVE, events SHARE ROW EXCLUSIVE, events_2023 SHARE ROW EXCLUSIVE, events_2024 SHARE ROW EXCLUSIVE

ALTER TABLE events_2023 ADD CONSTRAINT x FOREIGN KEY (id) REFERENCES customers (id) NOT VALID;
--> locks customers SHARE ROW EXCLUSIVE, events_2023 SHARE ROW EXCLUSIVE

ALTER TABLE events RENAME TO happenings;
--> locks events ACCESS EXCLUSIVE

ALTER TABLE events OWNER TO CURRENT_USER;
--> locks events ACCESS EXCLUSIVE

ALTER TABLE events SET SCHEMA archive;
--> locks events ACCESS EXCLUSIVE

ALTER TABLE events DISABLE TRIGGER events_touch;
--> locks events SHARE ROW EXCLUSIVE, events_2023 SHARE ROW EXCLUSIVE, events_2024 SHARE ROW EXCLUSIVE

ALTER TABLE events ENABLE ROW LEVEL SECURITY;
--> locks events ACCESS EXCLUSIVE

ALTER TABLE events REPLICA IDENTITY FULL;
--> locks events ACCESS EXCLUSIVE

CREATE TRIGGER x AFTER INSERT ON events FOR EACH ROW EXECUTE FUNCTION touch();
--> locks events SHARE ROW EXCLUSIVE, events_2023 SHARE ROW EXCLUSIVE, events_2024 SHARE ROW EXCLUSIVE

CREATE TRIGGER x AFTER INSERT ON events FOR EACH STATEMENT EXECUTE FUNCTION touch();
--> locks events SHARE ROW EXCLUSIVE

DROP TRIGGER events_touch ON events;
--> locks events ACCESS EXCLUSIVE, events_2023 ACCESS EXCLUSIVE, events_2024 ACCESS EXCLUSIVE

ALTER TRIGGER events_touch ON events RENAME TO x;
--> [12-14] locks events ACCESS EXCLUSIVE
--> [15-19] locks events ACCESS EXCLUSIVE, events_2023 ACCESS EXCLUSIVE, events_2024 ACCESS EXCLUSIVE

COMMENT ON TABLE events IS 'x';
--> locks events SHARE UPDATE EXCLUSIVE

ALTER TABLE events ATTACH PARTITION events_2025 FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
--> locks events SHARE UPDATE EXCLUSIVE, events_2025 ACCESS EXCLUSIVE; scans events_2025

ALTER TABLE events ATTACH PARTITION events_2026 FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
--> locks events SHARE UPDATE EXCLUSIVE, events_2026 ACCESS EXCLUSIVE

ALTER TABLE events ATTACH PARTITION events_2025 DEFAULT;
--> locks events SHARE UPDATE EXCLUSIVE, events_2025 ACCESS EXCLUSIVE; scans events_2025

ALTER TABLE events DETACH PARTITION events_2023;
--> locks events ACCESS EXCLUSIVE, events_2023 ACCESS EXCLUSIVE

ALTER TABLE events DETACH PARTITION events_2023 CONCURRENTLY;
--> [12-13] fails 42601
--> [14-19] locks events SHARE UPDATE EXCLUSIVE, events_2023 ACCESS EXCLUSIVE; no transaction

CREATE TABLE x PARTITION OF events FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');
--> locks events ACCESS EXCLUSIVE

CREATE TABLE x PARTITION OF events DEFAULT;
--> locks events ACCESS EXCLUSIVE

CREATE TABLE x PARTITION OF events FOR VALUES FROM ('2027-01-01') TO ('2028-01-01') PARTITION BY LIST (id);
--> locks events ACCESS EXCLUSIVE

CREATE TABLE IF NOT EXISTS x PARTITION OF events FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');
--> locks events ACCESS EXCLUSIVE

CREATE TABLE x (LIKE events INCLUDING ALL);
--> locks events ACCESS SHARE

DROP TABLE events_2023;
--> locks events ACCESS EXCLUSIVE, events_2023 ACCESS EXCLUSIVE

DROP TABLE events;
--> locks events ACCESS EXCLUSIVE, events_2023 ACCESS EXCLUSIVE, events_2024 ACCESS EXCLUSIVE

TRUNCATE events;
--> locks events ACCESS EXCLUSIVE, events_2023 ACCESS EXCLUSIVE, events_2024 ACCESS EXCLUSIVE; rewrites events_2023, events_2024

TRUNCATE events_2023;
--> [12-13] locks events ACCESS SHARE, events_2023 ACCESS EXCLUSIVE; rewrites events_2023
--> [14-19] locks events_2023 ACCESS EXCLUSIVE; rewrites events_2023

LOCK TABLE events IN SHARE MODE;
--> locks events SHARE, events_2023 SHARE, events_2024 SHARE

LOCK TABLE ONLY events IN SHARE MODE;
--> locks events SHARE

ANALYZE events;
--> locks events SHARE UPDATE EXCLUSIVE, events_2023 SHARE UPDATE EXCLUSIVE, events_2024 SHARE UPDATE EXCLUSIVE

INSERT INTO events VALUES (1, '2023-03-03', 'x');
--> locks events ROW EXCLUSIVE, events_2023 ROW EXCLUSIVE

UPDATE events SET note = 'x' WHERE at = '2023-05-05';
--> locks events ROW EXCLUSIVE, events_2023 ROW EXCLUSIVE; scans events_2023

UPDATE events SET note = 'x';
--> locks events ROW EXCLUSIVE, events_2023 ROW EXCLUSIVE, events_2024 ROW EXCLUSIVE; scans events_2023, events_2024

DELETE FROM events;
--> locks events ROW EXCLUSIVE, events_2023 ROW EXCLUSIVE, events_2024 ROW EXCLUSIVE; scans events_2023, events_2024

SELECT count(*) FROM events;
--> locks events ACCESS SHARE, events_2023 ACCESS SHARE, events_2024 ACCESS SHARE; scans events_2023, events_2024

-- # Partitions beside a default partition
CREATE TABLE logs (id int, kind text) PARTITION BY LIST (kind);
CREATE TABLE logs_a PARTITION OF logs FOR VALUES IN ('a');
CREATE TABLE logs_rest PARTITION OF logs DEFAULT;
CREATE TABLE logs_b (id int, kind text);
CREATE TABLE logs_c (id int, kind text CONSTRAINT is_c CHECK (kind IS NOT NULL AND kind = 'c'));
INSERT INTO logs SELECT i, 'a' FROM generate_series(1, 20) i;
INSERT INTO logs SELECT i, 'z' FROM generate_series(1, 20) i;
INSERT INTO logs_b SELECT i, 'b' FROM generate_series(1, 20) i;
INSERT INTO logs_c SELECT i, 'c' FROM generate_series(1, 20) i;
-- run

CREATE TABLE x PARTITION OF logs FOR VALUES IN ('x');
--> locks logs ACCESS EXCLUSIVE, logs_rest ACCESS EXCLUSIVE; scans logs_rest

ALTER TABLE logs ATTACH PARTITION logs_b FOR VALUES IN ('b');
--> locks logs SHARE UPDATE EXCLUSIVE, logs_b ACCESS EXCLUSIVE, logs_rest ACCESS EXCLUSIVE; scans logs_b, logs_rest

ALTER TABLE logs ATTACH PARTITION logs_c FOR VALUES IN ('c');
--> locks logs SHARE UPDATE EXCLUSIVE, logs_c ACCESS EXCLUSIVE, logs_rest ACCESS EXCLUSIVE; scans logs_rest

ALTER TABLE logs DETACH PARTITION logs_a;
--> [12-13] locks logs ACCESS EXCLUSIVE, logs_a SHARE UPDATE EXCLUSIVE, logs_rest ACCESS EXCLUSIVE
--> [14-19] locks logs ACCESS EXCLUSIVE, logs_a ACCESS EXCLUSIVE, logs_rest ACCESS EXCLUSIVE

ALTER TABLE logs DETACH PARTITION logs_rest;
--> locks logs ACCESS EXCLUSIVE, logs_rest ACCESS EXCLUSIVE

ALTER TABLE logs DETACH PARTITION logs_a CONCURRENTLY;
--> [12-13] fails 42601
--> [14-19] fails 55000

DROP TABLE logs_a;
--> locks logs ACCESS EXCLUSIVE, logs_a ACCESS EXCLUSIVE, logs_rest ACCESS EXCLUSIVE

DROP TABLE logs_rest;
--> locks logs ACCESS EXCLUSIVE, logs_rest ACCESS EXCLUSIVE

TRUNCATE logs_a;
--> [12-13] locks logs ACCESS SHARE, logs_a ACCESS EXCLUSIVE; rewrites logs_a
--> [14-19] locks logs_a ACCESS EXCLUSIVE; rewrites logs_a

-- # Partitions beside a default partition that cannot hold them
CREATE TABLE logs (id int, kind text NOT NULL) PARTITION BY LIST (kind);
CREATE TABLE logs_a PARTITION OF logs FOR VALUES IN ('a');
CREATE TABLE logs_rest PARTITION OF logs (CONSTRAINT not_b CHECK (kind <> 'b')) DEFAULT;
CREATE TABLE logs_b (id int, kind text NOT NULL);
INSERT INTO logs SELECT i, 'z' FROM generate_series(1, 20) i;
-- run

ALTER TABLE logs ATTACH PARTITION logs_b FOR VALUES IN ('b');
--> locks logs SHARE UPDATE EXCLUSIVE, logs_b ACCESS EXCLUSIVE, logs_rest ACCESS EXCLUSIVE; scans logs_b

CREATE TABLE x PARTITION OF logs FOR VALUES IN ('b');
--> locks logs ACCESS EXCLUSIVE, logs_rest ACCESS EXCLUSIVE

-- # Partitions with keys, indexes and references
CREATE TABLE customers (id int PRIMARY KEY);
CREATE TABLE orders (id int, kind text, customer_id int REFERENCES customers (id), note text,
    PRIMARY KEY (id, kind)) PARTITION BY LIST (kind);
CREATE TABLE orders_a PARTITION OF orders FOR VALUES IN ('a');
CREATE TABLE orders_b (id int NOT NULL, kind text NOT NULL, customer_id int, note text);
CREATE TABLE orders_c (id int, kind text, customer_id int, note text, PRIMARY KEY (id, kind),
    FOREIGN KEY (customer_id) REFERENCES customers (id));
CREATE TABLE orders_d (id int, kind text, customer_id int, note text);
CREATE TABLE items (id int, order_id int, order_kind text,
    CONSTRAINT item_key FOREIGN KEY (order_id, order_kind) REFERENCES orders (id, kind));
CREATE TABLE notes (id int, order_id int, order_kind text);
CREATE INDEX orders_note ON orders (note);
INSERT INTO customers SELECT i FROM generate_series(1, 20) i;
INSERT INTO orders SELECT i, 'a', i FROM generate_series(1, 20) i;
INSERT INTO orders_b SELECT i, 'b', i FROM generate_series(1, 20) i;
INSERT INTO orders_c SELECT i, 'c', i FROM generate_series(1, 20) i;
INSERT INTO orders_d SELECT i, 'd', i FROM generate_series(1, 20) i;
INSERT INTO notes SELECT i, i, 'a' FROM generate_series(1, 20) i;
-- run

ALTER TABLE orders ATTACH PARTITION orders_b FOR VALUES IN ('b');
--> [12-14] locks customers SHARE ROW EXCLUSIVE, items ACCESS SHARE, orders SHARE UPDATE EXCLUSIVE, orders_b ACCESS EXCLUSIVE; indexes orders_note SHARE UPDATE EXCLUSIVE, orders_pkey SHARE UPDATE EXCLUSIVE; scans customers, orders_b; builds orders_b
--> [15-19] locks customers SHARE ROW EXCLUSIVE, items SHARE ROW EXCLUSIVE, orders SHARE UPDATE EXCLUSIVE, orders_b ACCESS EXCLUSIVE; indexes orders_note SHARE UPDATE EXCLUSIVE, orders_pkey SHARE UPDATE EXCLUSIVE; scans customers, orders_b; builds orders_b

ALTER TABLE orders ATTACH PARTITION orders_c FOR VALUES IN ('c');
--> [12-14] locks customers ACCESS EXCLUSIVE, items ACCESS SHARE, orders SHARE UPDATE EXCLUSIVE, orders_c ACCESS EXCLUSIVE; indexes orders_note SHARE UPDATE EXCLUSIVE, orders_pkey SHARE UPDATE EXCLUSIVE; scans orders_c; builds orders_c
--> [15-19] locks customers ACCESS EXCLUSIVE, items SHARE ROW EXCLUSIVE, orders SHARE UPDATE EXCLUSIVE, orders_c ACCESS EXCLUSIVE; indexes orders_note SHARE UPDATE EXCLUSIVE, orders_pkey SHARE UPDATE EXCLUSIVE; scans orders_c; builds orders_c

-- unsaid: whether two types agree is not compared for partitions
ALTER TABLE orders ATTACH PARTITION orders_d FOR VALUES IN ('d');
--> fails 42804

ALTER TABLE orders DETACH PARTITION orders_a;
--> locks customers SHARE ROW EXCLUSIVE, items ACCESS EXCLUSIVE, orders ACCESS EXCLUSIVE, orders_a ACCESS EXCLUSIVE; indexes orders_a_note_idx ACCESS EXCLUSIVE, orders_a_pkey ACCESS EXCLUSIVE; scans items

CREATE TABLE x PARTITION OF orders FOR VALUES IN ('x');
--> [12-14] locks customers SHARE ROW EXCLUSIVE, items ACCESS SHARE, orders ACCESS EXCLUSIVE; indexes orders_note SHARE UPDATE EXCLUSIVE, orders_pkey SHARE UPDATE EXCLUSIVE
--> [15-19] locks customers SHARE ROW EXCLUSIVE, items SHARE ROW EXCLUSIVE, orders ACCESS EXCLUSIVE; indexes orders_note SHARE UPDATE EXCLUSIVE, orders_pkey SHARE UPDATE EXCLUSIVE

ALTER TABLE notes ADD FOREIGN KEY (order_id, order_kind) REFERENCES orders (id, kind);
--> locks notes SHARE ROW EXCLUSIVE, orders SHARE ROW EXCLUSIVE, orders_a SHARE ROW EXCLUSIVE; scans notes, orders_a

ALTER TABLE notes ADD FOREIGN KEY (order_id, order_kind) REFERENCES orders (id, kind) NOT VALID;
--> locks notes SHARE ROW EXCLUSIVE, orders SHARE ROW EXCLUSIVE, orders_a SHARE ROW EXCLUSIVE

CREATE TABLE x (order_id int, kind text, FOREIGN KEY (order_id, kind) REFERENCES orders (id, kind));
--> locks orders SHARE ROW EXCLUSIVE, orders_a SHARE ROW EXCLUSIVE

ALTER TABLE items DROP CONSTRAINT item_key;
--> locks items ACCESS EXCLUSIVE, orders ACCESS EXCLUSIVE, orders_a ACCESS EXCLUSIVE

ALTER TABLE orders DROP CONSTRAINT orders_customer_id_fkey;
--> locks customers ACCESS EXCLUSIVE, orders ACCESS EXCLUSIVE, orders_a ACCESS EXCLUSIVE

ALTER TABLE orders DROP COLUMN customer_id;
--> locks customers ACCESS EXCLUSIVE, orders ACCESS EXCLUSIVE, orders_a ACCESS EXCLUSIVE

DROP TABLE items;
--> [12-14] locks items ACCESS EXCLUSIVE, orders_a ACCESS EXCLUSIVE
--> [15-19] locks items ACCESS EXCLUSIVE, orders ACCESS EXCLUSIVE, orders_a ACCESS EXCLUSIVE

DROP TABLE orders_a;
--> fails 2BP01

DROP TABLE orders;
--> fails 2BP01

DROP TABLE orders CASCADE;
--> locks customers ACCESS EXCLUSIVE, items ACCESS EXCLUSIVE, orders ACCESS EXCLUSIVE, orders_a ACCESS EXCLUSIVE; indexes orders_a_note_idx ACCESS EXCLUSIVE, orders_a_pkey ACCESS EXCLUSIVE, orders_note ACCESS EXCLUSIVE, orders_pkey ACCESS EXCLUSIVE

TRUNCATE orders;
--> fails 0A000

TRUNCATE orders CASCADE;
--> locks items ACCESS EXCLUSIVE, orders ACCESS EXCLUSIVE, orders_a ACCESS EXCLUSIVE; indexes orders_a_note_idx ACCESS EXCLUSIVE, orders_a_pkey ACCESS EXCLUSIVE; rewrites items, orders_a; scans orders_a; builds orders_a

-- # Partitions of partitions
CREATE TABLE events (id int, kind text NOT NULL, at date NOT NULL) PARTITION BY LIST (kind);
CREATE TABLE events_a PARTITION OF events FOR VALUES IN ('a') PARTITION BY RANGE (at);
CREATE TABLE events_a_2023 PARTITION OF events_a
    FOR VALUES FROM ('2023-01-01') TO ('2024-01-01');
CREATE TABLE events_b (id int, kind text NOT NULL, at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE events_b_2023 PARTITION OF events_b
    FOR VALUES FROM ('2023-01-01') TO ('2024-01-01');
INSERT INTO events SELECT i, 'a', '2023-05-05' FROM generate_series(1, 20) i;
-- run

ALTER TABLE events ADD COLUMN x int;
--> locks events ACCESS EXCLUSIVE, events_a ACCESS EXCLUSIVE, events_a_2023 ACCESS EXCLUSIVE

ALTER TABLE events ALTER COLUMN id SET NOT NULL;
--> locks events ACCESS EXCLUSIVE, events_a ACCESS EXCLUSIVE, events_a_2023 ACCESS EXCLUSIVE; scans events_a_2023

CREATE INDEX x ON events (id);
--> locks events SHARE, events_a SHARE, events_a_2023 SHARE; scans events_a_2023; builds events_a_2023

ALTER TABLE events ATTACH PARTITION events_b FOR VALUES IN ('b');
--> locks events SHARE UPDATE EXCLUSIVE, events_b ACCESS EXCLUSIVE, events_b_2023 ACCESS EXCLUSIVE; scans events_b_2023

ALTER TABLE events DETACH PARTITION events_a;
--> [12-13] locks events ACCESS EXCLUSIVE, events_a SHARE UPDATE EXCLUSIVE, events_a_2023 ACCESS EXCLUSIVE
--> [14-19] locks events ACCESS EXCLUSIVE, events_a ACCESS EXCLUSIVE, events_a_2023 ACCESS EXCLUSIVE

CREATE TABLE x PARTITION OF events_a FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
--> locks events_a ACCESS EXCLUSIVE

DROP TABLE events_a;
--> locks events ACCESS EXCLUSIVE, events_a ACCESS EXCLUSIVE, events_a_2023 ACCESS EXCLUSIVE

ALTER TABLE events_a DETACH PARTITION events_a_2023;
--> [12-13] locks events_a ACCESS EXCLUSIVE, events_a_2023 SHARE UPDATE EXCLUSIVE
--> [14-19] locks events_a ACCESS EXCLUSIVE, events_a_2023 ACCESS EXCLUSIVE

-- # Tables that inherit
CREATE TABLE animals (id int, name text);
CREATE TABLE cats (lives int) INHERITS (animals);
CREATE TABLE kittens () INHERITS (cats);
CREATE TABLE strays (id int, name text);
INSERT INTO animals SELECT i, 'a' FROM generate_series(1, 20) i;
INSERT INTO cats SELECT i, 'c', 9 FROM generate_series(1, 20) i;
INSERT INTO kittens SELECT i, 'k', 9 FROM generate_series(1, 20) i;
-- run

ALTER TABLE animals ADD COLUMN x text;
--> locks animals ACCESS EXCLUSIVE, cats ACCESS EXCLUSIVE, kittens ACCESS EXCLUSIVE

ALTER TABLE animals ADD COLUMN x float DEFAULT random();
--> locks animals ACCESS EXCLUSIVE, cats ACCESS EXCLUSIVE, kittens ACCESS EXCLUSIVE; rewrites animals, cats, kittens; scans animals, cats, kittens

-- unsaid: that ONLY is refused where there are children is not said
ALTER TABLE ONLY animals ADD COLUMN x text;
--> fails 42P16

ALTER TABLE animals DROP COLUMN name;
--> locks animals ACCESS EXCLUSIVE, cats ACCESS EXCLUSIVE, kittens ACCESS EXCLUSIVE

ALTER TABLE ONLY animals DROP COLUMN name;
--> locks animals ACCESS EXCLUSIVE, cats ACCESS EXCLUSIVE

ALTER TABLE animals RENAME COLUMN name TO called;
--> locks animals ACCESS EXCLUSIVE, cats ACCESS EXCLUSIVE, kittens ACCESS EXCLUSIVE

ALTER TABLE animals ALTER COLUMN name SET DEFAULT 'x';
--> locks animals ACCESS EXCLUSIVE, cats ACCESS EXCLUSIVE, kittens ACCESS EXCLUSIVE

ALTER TABLE animals ALTER COLUMN name SET NOT NULL;
--> locks animals ACCESS EXCLUSIVE, cats ACCESS EXCLUSIVE, kittens ACCESS EXCLUSIVE; scans animals, cats, kittens

ALTER TABLE ONLY animals ALTER COLUMN name SET DEFAULT 'x';
--> locks animals ACCESS EXCLUSIVE

ALTER TABLE animals ALTER COLUMN id TYPE bigint;
--> locks animals ACCESS EXCLUSIVE, cats ACCESS EXCLUSIVE, kittens ACCESS EXCLUSIVE; rewrites animals, cats, kittens; scans animals, cats, kittens

ALTER TABLE animals ADD CONSTRAINT x CHECK (id > 0);
--> locks animals ACCESS EXCLUSIVE, cats ACCESS EXCLUSIVE, kittens ACCESS EXCLUSIVE; scans animals, cats, kittens

ALTER TABLE animals ADD CONSTRAINT x CHECK (id > 0) NO INHERIT;
--> [12-17] locks animals ACCESS EXCLUSIVE; scans animals
--> [18-19] locks animals ACCESS EXCLUSIVE, cats ACCESS EXCLUSIVE, kittens ACCESS EXCLUSIVE; scans animals

ALTER TABLE animals ADD CONSTRAINT x CHECK (id > 0) NOT VALID;
--> locks animals ACCESS EXCLUSIVE, cats ACCESS EXCLUSIVE, kittens ACCESS EXCLUSIVE

ALTER TABLE animals ADD PRIMARY KEY (id);
--> locks animals ACCESS EXCLUSIVE, cats ACCESS EXCLUSIVE, kittens ACCESS EXCLUSIVE; scans animals, cats, kittens; builds animals

ALTER TABLE animals ADD UNIQUE (id);
--> [12-17] locks animals ACCESS EXCLUSIVE; scans animals; builds animals
--> [18-19] locks animals ACCESS EXCLUSIVE, cats ACCESS EXCLUSIVE, kittens ACCESS EXCLUSIVE; scans animals; builds animals

ALTER TABLE strays INHERIT animals;
--> locks animals SHARE UPDATE EXCLUSIVE, strays ACCESS EXCLUSIVE

ALTER TABLE cats NO INHERIT animals;
--> locks animals ACCESS SHARE, cats ACCESS EXCLUSIVE

CREATE TABLE x () INHERITS (animals);
--> locks animals SHARE UPDATE EXCLUSIVE

CREATE INDEX x ON animals (id);
--> locks animals SHARE; scans animals; builds animals

CREATE TRIGGER x BEFORE INSERT ON animals FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger();
--> locks animals SHARE ROW EXCLUSIVE

ALTER TABLE animals RENAME TO beasts;
--> locks animals ACCESS EXCLUSIVE

ALTER TABLE animals SET (fillfactor = 80);
--> locks animals SHARE UPDATE EXCLUSIVE

DROP TABLE animals;
--> fails 2BP01

DROP TABLE animals CASCADE;
--> locks animals ACCESS EXCLUSIVE, cats ACCESS EXCLUSIVE, kittens ACCESS EXCLUSIVE

DROP TABLE kittens;
--> locks kittens ACCESS EXCLUSIVE

TRUNCATE animals;
--> locks animals ACCESS EXCLUSIVE, cats ACCESS EXCLUSIVE, kittens ACCESS EXCLUSIVE; rewrites animals, cats, kittens

TRUNCATE ONLY animals;
--> locks animals ACCESS EXCLUSIVE; rewrites animals

LOCK TABLE animals IN EXCLUSIVE MODE;
--> locks animals EXCLUSIVE, cats EXCLUSIVE, kittens EXCLUSIVE

ANALYZE animals;
--> [12-17] locks animals SHARE UPDATE EXCLUSIVE, cats ACCESS SHARE, kittens ACCESS SHARE
--> [18-19] locks animals SHARE UPDATE EXCLUSIVE, cats SHARE UPDATE EXCLUSIVE, kittens SHARE UPDATE EXCLUSIVE

SELECT * FROM animals;
--> locks animals ACCESS SHARE, cats ACCESS SHARE, kittens ACCESS SHARE; scans animals, cats, kittens

UPDATE animals SET name = 'x';
--> locks animals ROW EXCLUSIVE, cats ROW EXCLUSIVE, kittens ROW EXCLUSIVE; scans animals, cats, kittens

UPDATE ONLY animals SET name = 'x';
--> locks animals ROW EXCLUSIVE; scans animals

-- # Partitions that are split and merged
CREATE TABLE customers (id int PRIMARY KEY);
CREATE TABLE events (id int, at date NOT NULL, customer int REFERENCES customers) PARTITION BY RANGE (at);
CREATE TABLE q1 PARTITION OF events FOR VALUES FROM ('2024-01-01') TO ('2024-04-01');
CREATE TABLE q2 PARTITION OF events FOR VALUES FROM ('2024-04-01') TO ('2024-07-01');
CREATE TABLE q3 PARTITION OF events FOR VALUES FROM ('2024-07-01') TO ('2024-10-01');
CREATE TABLE others PARTITION OF events DEFAULT;
CREATE INDEX events_id ON events (id);
CREATE TABLE plain (id int) PARTITION BY LIST (id);
CREATE TABLE one PARTITION OF plain FOR VALUES IN (1);
CREATE TABLE two PARTITION OF plain FOR VALUES IN (2, 3);
INSERT INTO customers SELECT i FROM generate_series(1, 20) i;
INSERT INTO events SELECT i, '2024-02-05', i FROM generate_series(1, 20) i;
INSERT INTO events SELECT i, '2024-05-05', i FROM generate_series(1, 20) i;
INSERT INTO plain SELECT 1 + i % 3 FROM generate_series(1, 20) i;
-- run

-- since 19
ALTER TABLE events MERGE PARTITIONS (q1, q2) INTO h1;
--> fails 42601

-- since 19
ALTER TABLE events MERGE PARTITIONS (q1, q2) INTO q1;
--> fails 42601

-- since 19
ALTER TABLE events SPLIT PARTITION q2 INTO (PARTITION april FOR VALUES FROM ('2024-04-01') TO ('2024-05-01'), PARTITION later FOR VALUES FROM ('2024-05-01') TO ('2024-07-01'));
--> fails 42601

-- since 19
ALTER TABLE plain MERGE PARTITIONS (one, two) INTO every;
--> fails 42601

-- since 19
ALTER TABLE plain SPLIT PARTITION two INTO (PARTITION two FOR VALUES IN (2), PARTITION three FOR VALUES IN (3));
--> fails 42601
