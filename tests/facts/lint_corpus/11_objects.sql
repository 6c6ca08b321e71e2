-- # Sequences, publications, statistics, privileges and comments
CREATE TABLE plain (id int, a int, b int, CONSTRAINT above CHECK (id > 0));
CREATE TABLE keyed (id serial PRIMARY KEY);
CREATE SEQUENCE counter;
CREATE STATISTICS plain_stats ON a, b FROM plain;
CREATE PUBLICATION known FOR TABLE keyed;
CREATE SCHEMA archive;
CREATE FUNCTION one() RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 1';
INSERT INTO plain SELECT i, i, i FROM generate_series(1, 20) i;
-- run

CREATE SEQUENCE x;
--> nothing

CREATE SEQUENCE x OWNED BY plain.id;
--> locks plain ACCESS SHARE

ALTER SEQUENCE counter RESTART WITH 5;
--> nothing

ALTER SEQUENCE counter OWNED BY plain.id;
--> locks plain ACCESS SHARE

ALTER SEQUENCE keyed_id_seq INCREMENT BY 2;
--> nothing

ALTER SEQUENCE keyed_id_seq AS bigint;
--> nothing

ALTER SEQUENCE counter RENAME TO x;
--> nothing

DROP SEQUENCE counter;
--> nothing

-- unsaid: who owns a sequence is not followed
DROP SEQUENCE keyed_id_seq;
--> fails 2BP01

DROP SEQUENCE keyed_id_seq CASCADE;
--> locks keyed ACCESS EXCLUSIVE

SELECT setval('counter', 100);
--> nothing

SELECT nextval('counter');
--> nothing

CREATE PUBLICATION x FOR TABLE plain;
--> locks plain SHARE UPDATE EXCLUSIVE

CREATE PUBLICATION x FOR ALL TABLES;
--> nothing

ALTER PUBLICATION known ADD TABLE plain;
--> locks plain SHARE UPDATE EXCLUSIVE

ALTER PUBLICATION known DROP TABLE keyed;
--> locks keyed SHARE UPDATE EXCLUSIVE

ALTER PUBLICATION known SET TABLE plain;
--> locks keyed SHARE UPDATE EXCLUSIVE, plain SHARE UPDATE EXCLUSIVE

ALTER PUBLICATION known SET (publish = 'insert');
--> nothing

-- since 15
ALTER PUBLICATION known ADD TABLE plain (id) WHERE (id > 0);
--> locks plain SHARE UPDATE EXCLUSIVE

DROP PUBLICATION known;
--> nothing

CREATE STATISTICS x (ndistinct) ON a, b FROM plain;
--> locks plain SHARE UPDATE EXCLUSIVE

ALTER STATISTICS plain_stats SET STATISTICS 100;
--> [12] fails 42601
--> [13-19] nothing

ALTER STATISTICS plain_stats RENAME TO x;
--> nothing

DROP STATISTICS plain_stats;
--> locks plain SHARE UPDATE EXCLUSIVE

GRANT SELECT ON plain TO PUBLIC;
--> [12-17] nothing
--> [18-19] locks plain ACCESS SHARE

GRANT SELECT, INSERT ON TABLE plain, keyed TO CURRENT_USER;
--> [12-17] nothing
--> [18-19] locks keyed ACCESS SHARE, plain ACCESS SHARE

GRANT SELECT (a), UPDATE (b) ON plain TO PUBLIC;
--> [12-17] nothing
--> [18-19] locks plain ACCESS SHARE

REVOKE ALL ON plain FROM PUBLIC;
--> [12-17] nothing
--> [18-19] locks plain ACCESS SHARE

GRANT USAGE ON SCHEMA archive TO PUBLIC;
--> nothing

GRANT USAGE ON SEQUENCE counter TO PUBLIC;
--> nothing

GRANT EXECUTE ON FUNCTION one() TO PUBLIC;
--> nothing

GRANT SELECT ON ALL TABLES IN SCHEMA public TO PUBLIC;
--> nothing

ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO PUBLIC;
--> nothing

GRANT pg_monitor TO CURRENT_USER;
--> nothing

COMMENT ON TABLE plain IS 'x';
--> locks plain SHARE UPDATE EXCLUSIVE

COMMENT ON COLUMN plain.a IS NULL;
--> locks plain SHARE UPDATE EXCLUSIVE

COMMENT ON CONSTRAINT above ON plain IS 'x';
--> locks plain ACCESS SHARE

COMMENT ON SEQUENCE counter IS 'x';
--> nothing

COMMENT ON SCHEMA archive IS 'x';
--> nothing

COMMENT ON FUNCTION one() IS 'x';
--> nothing

CREATE SCHEMA x;
--> nothing

CREATE SCHEMA IF NOT EXISTS archive;
--> nothing

DROP SCHEMA archive;
--> nothing

CREATE FUNCTION x() RETURNS int LANGUAGE sql AS 'SELECT 1';
--> nothing

CREATE OR REPLACE FUNCTION one() RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 2';
--> nothing

CREATE OR REPLACE FUNCTION one() RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT 2';
--> fails 42P13

CREATE FUNCTION x() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT count(*) FROM plain; END;
--> [12-13] fails 42601
--> [14-19] locks plain ACCESS SHARE

CREATE PROCEDURE x() LANGUAGE sql AS 'SELECT 1';
--> nothing

ALTER FUNCTION one() STABLE;
--> nothing

ALTER FUNCTION one() RENAME TO x;
--> nothing

DROP FUNCTION one();
--> nothing

CREATE AGGREGATE x (int) (sfunc = int4pl, stype = int);
--> nothing

CREATE COLLATION x (locale = 'C');
--> nothing

CREATE CAST (bool AS money) WITH INOUT;
--> nothing

CREATE OPERATOR === (leftarg = int, rightarg = int, function = int4eq);
--> nothing

CREATE TEXT SEARCH CONFIGURATION x (copy = simple);
--> nothing

CREATE EXTENSION IF NOT EXISTS plpgsql;
--> nothing

SET lock_timeout = '2s';
--> nothing

SET LOCAL statement_timeout = 0;
--> nothing

RESET lock_timeout;
--> nothing

SET search_path = public;
--> nothing

SET CONSTRAINTS ALL DEFERRED;
--> nothing

SHOW lock_timeout;
--> nothing

SELECT set_config('lock_timeout', '2s', true);
--> nothing

SELECT pg_advisory_xact_lock(1);
--> nothing

NOTIFY channel;
--> nothing

LISTEN channel;
--> nothing

-- # Foreign tables, and what hangs on extensions
CREATE FOREIGN DATA WRAPPER nowhere;
CREATE SERVER far FOREIGN DATA WRAPPER nowhere;
CREATE FOREIGN TABLE lines (line text, note text) SERVER far OPTIONS (a 'b');
CREATE TABLE orders (id int PRIMARY KEY, note text);
CREATE VIEW notes AS SELECT id, note FROM orders;
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER orders_touch BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION touch();
CREATE INDEX orders_note ON orders (note);
-- run

ALTER FOREIGN TABLE lines OPTIONS (SET a 'c', ADD d 'e');
--> locks lines ACCESS EXCLUSIVE

ALTER FOREIGN TABLE lines ALTER COLUMN line OPTIONS (ADD x 'y');
--> locks lines ACCESS EXCLUSIVE

ALTER FOREIGN TABLE lines ADD COLUMN more int OPTIONS (x 'y') DEFAULT 3;
--> locks lines ACCESS EXCLUSIVE

ALTER FOREIGN TABLE lines ADD CHECK (line <> '');
--> locks lines ACCESS EXCLUSIVE

ALTER SERVER far OPTIONS (ADD host 'x');
--> nothing

DROP FOREIGN TABLE lines;
--> locks lines ACCESS EXCLUSIVE

ALTER TRIGGER orders_touch ON orders DEPENDS ON EXTENSION plpgsql;
--> locks orders ACCESS SHARE

ALTER INDEX orders_note DEPENDS ON EXTENSION plpgsql;
--> indexes orders_note ACCESS EXCLUSIVE

CREATE RULE r AS ON UPDATE TO notes DO INSTEAD UPDATE orders SET note = NEW.note WHERE id = OLD.id;
--> locks notes ACCESS EXCLUSIVE, orders ROW EXCLUSIVE

CREATE RULE r AS ON DELETE TO notes DO INSTEAD (UPDATE orders SET note = 'gone' WHERE id = OLD.id; DELETE FROM orders WHERE id = OLD.id);
--> locks notes ACCESS EXCLUSIVE, orders ROW EXCLUSIVE

ALTER TABLE ALL IN TABLESPACE pg_default OWNED BY CURRENT_USER SET TABLESPACE pg_default;
--> nothing

ALTER INDEX ALL IN TABLESPACE ec_facts SET TABLESPACE pg_default NOWAIT;
--> nothing

ALTER SEQUENCE IF EXISTS nothing RENAME TO something;
--> nothing
