"""Migrations as projects have them that harm nobody: nothing above advice may be said of them."""

import pytest

from expandcontract.lint.linter import Options, Source, judge
from expandcontract.lint.rule import Severity

SCHEMA = """
CREATE TABLE users (id bigint PRIMARY KEY, email varchar(200));
CREATE TABLE settings (name text PRIMARY KEY, value text);
CREATE TYPE status AS ENUM ('new');
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE TABLE orders (id bigint PRIMARY KEY, note text, user_id bigint);
CREATE INDEX orders_old_idx ON orders (note);
ALTER TABLE orders ADD CONSTRAINT orders_user_fk FOREIGN KEY (user_id) REFERENCES users (id)
    NOT VALID;
CREATE VIEW all_orders AS SELECT id, note FROM orders;
"""

HARMLESS = {
    "new table": (
        "CREATE TABLE invoices (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY "
        "KEY, total numeric(10, 2) NOT NULL);"
    ),
    "new table with index": (
        "CREATE TABLE a (id bigserial PRIMARY KEY, name text);\nCREATE INDEX a_name ON a (name);"
    ),
    "new table with a check and a default": (
        "CREATE TABLE a (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), n int NOT "
        "NULL DEFAULT 0 CHECK (n >= 0));"
    ),
    "new enum table": (
        "CREATE TABLE colours (code text PRIMARY KEY);\n"
        "INSERT INTO colours VALUES ('red'), ('green');"
    ),
    "new enum type": "CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');",
    "new enum value": "ALTER TYPE status ADD VALUE IF NOT EXISTS 'late';",
    "column that may be null": (
        "SET lock_timeout = '2s';\nALTER TABLE orders ADD COLUMN remark text;"
    ),
    "column with a constant default": (
        "SET lock_timeout = '2s';\n"
        "ALTER TABLE orders ADD COLUMN open boolean NOT NULL DEFAULT true;"
    ),
    "column with now()": (
        "SET lock_timeout = '2s';\n"
        "ALTER TABLE orders ADD COLUMN made timestamptz NOT NULL DEFAULT now();"
    ),
    "several columns": (
        "SET lock_timeout = '2s';\n"
        "ALTER TABLE orders ADD COLUMN a int, ADD COLUMN b text DEFAULT 'x';"
    ),
    "column if missing": (
        "SET lock_timeout = '2s';\nALTER TABLE orders ADD COLUMN IF NOT EXISTS remark text;"
    ),
    "concurrent index": "CREATE INDEX CONCURRENTLY orders_note_idx ON orders (note);",
    "concurrent unique index": "CREATE UNIQUE INDEX CONCURRENTLY orders_note_idx ON orders (note);",
    "partial concurrent index": (
        "CREATE INDEX CONCURRENTLY orders_open_idx ON orders (id) WHERE note IS NULL;"
    ),
    "expression index": "CREATE INDEX CONCURRENTLY orders_lower_idx ON orders (lower(note));",
    "gin index": (
        "CREATE INDEX CONCURRENTLY orders_gin_idx ON orders USING gin "
        "(to_tsvector('english', note));"
    ),
    "concurrent drop": "DROP INDEX CONCURRENTLY IF EXISTS orders_old_idx;",
    "concurrent reindex": "REINDEX INDEX CONCURRENTLY orders_pkey;",
    "check not valid": (
        "SET lock_timeout = '2s';\n"
        "ALTER TABLE orders ADD CONSTRAINT note_short CHECK (length(note) < 500) "
        "NOT VALID;"
    ),
    "check validated later": (
        "SET lock_timeout = '2s';\n"
        "ALTER TABLE orders ADD CONSTRAINT note_short CHECK (length(note) < 500) "
        "NOT VALID;\n"
        "ALTER TABLE orders VALIDATE CONSTRAINT note_short;"
    ),
    "foreign key not valid": (
        "SET lock_timeout = '2s';\n"
        "ALTER TABLE orders ADD CONSTRAINT orders_user_fk FOREIGN KEY (user_id) "
        "REFERENCES users (id) NOT VALID;"
    ),
    "foreign key validated": "ALTER TABLE orders VALIDATE CONSTRAINT orders_user_fk;",
    "comment on table": "COMMENT ON TABLE orders IS 'what was bought';",
    "comment on column": "COMMENT ON COLUMN orders.note IS 'by the customer';",
    "grant": "GRANT SELECT ON orders TO reporting;",
    "grant on a schema": "GRANT USAGE ON SCHEMA public TO reporting;",
    "default privileges": (
        "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO reporting;"
    ),
    "new role": "CREATE ROLE reporting NOLOGIN;",
    "new schema": "CREATE SCHEMA IF NOT EXISTS reporting;",
    "new extension": "CREATE EXTENSION IF NOT EXISTS pg_trgm;",
    "new sequence": "CREATE SEQUENCE invoice_number;",
    "new view": "CREATE VIEW open_orders AS SELECT id FROM orders WHERE note IS NULL;",
    "view with one more column": (
        "CREATE OR REPLACE VIEW all_orders AS SELECT id, note, user_id FROM orders;"
    ),
    "new function": (
        "CREATE FUNCTION twice(n int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT n * 2';"
    ),
    "replaced function": (
        "CREATE OR REPLACE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "BEGIN NEW.note := ''; RETURN NEW; END $$;"
    ),
    "new procedure": "CREATE PROCEDURE tidy() LANGUAGE plpgsql AS $$ BEGIN NULL; END $$;",
    "statistics": "CREATE STATISTICS orders_stat ON id, user_id FROM orders;",
    "analyze": "ANALYZE orders;",
    "vacuum": "VACUUM orders;",
    "one row of settings": (
        "INSERT INTO settings (name, value) VALUES ('a', '1') ON CONFLICT DO NOTHING;"
    ),
    "rows by key": "UPDATE orders SET note = 'x' WHERE id = 1;",
    "one row gone": "DELETE FROM orders WHERE id = 7;",
    "select": "SELECT count(*) FROM orders;",
    "timeouts": ("SET statement_timeout = '5s';\nSET lock_timeout = '1s';"),
    "local timeout": (
        "BEGIN;\n"
        "SET LOCAL lock_timeout = '1s';\n"
        "ALTER TABLE orders ADD COLUMN remark text;\n"
        "COMMIT;"
    ),
    "new default": (
        "SET lock_timeout = '2s';\nALTER TABLE orders ALTER COLUMN note SET DEFAULT '';"
    ),
    "longer varchar": (
        "SET lock_timeout = '2s';\nALTER TABLE users ALTER COLUMN email TYPE varchar(300);"
    ),
    "varchar to text": (
        "SET lock_timeout = '2s';\nALTER TABLE users ALTER COLUMN email TYPE text;"
    ),
    "statistics target": (
        "SET lock_timeout = '2s';\nALTER TABLE orders ALTER COLUMN note SET STATISTICS 500;"
    ),
    "fillfactor": ("SET lock_timeout = '2s';\nALTER TABLE orders SET (fillfactor = 90);"),
    "autovacuum harder": (
        "SET lock_timeout = '2s';\nALTER TABLE orders SET (autovacuum_vacuum_scale_factor = 0.01);"
    ),
    "table of the same text dropped": ("CREATE TABLE tmp_ids (id int);\nDROP TABLE tmp_ids;"),
    "temporary table": "CREATE TEMP TABLE t AS SELECT id FROM orders WHERE id < 10;",
    "new partitioned table": (
        "CREATE TABLE e (id bigint, day date NOT NULL) PARTITION BY RANGE (day);\n"
        "CREATE TABLE e1 PARTITION OF e FOR VALUES FROM ('2026-01-01') TO "
        "('2026-02-01');"
    ),
    "unique from an index": (
        "CREATE UNIQUE INDEX CONCURRENTLY users_email_idx ON users (email);\n"
        "SET lock_timeout = '2s';\n"
        "ALTER TABLE users ADD CONSTRAINT users_email_key UNIQUE USING INDEX "
        "users_email_idx;"
    ),
    "not null with a proof": (
        "SET lock_timeout = '2s';\n"
        "ALTER TABLE orders ADD CONSTRAINT c CHECK (note IS NOT NULL) NOT VALID;\n"
        "ALTER TABLE orders VALIDATE CONSTRAINT c;\n"
        "ALTER TABLE orders ALTER COLUMN note SET NOT NULL;\n"
        "ALTER TABLE orders DROP CONSTRAINT c;"
    ),
    "publication": "CREATE PUBLICATION p FOR TABLE orders;",
    "materialized view": (
        "CREATE MATERIALIZED VIEW totals AS SELECT user_id, count(*) FROM orders "
        "GROUP BY user_id WITH NO DATA;"
    ),
    "owner of a function": "ALTER FUNCTION touch() OWNER TO app;",
    "domain": "CREATE DOMAIN email AS text CHECK (VALUE LIKE '%@%');",
    "policy on a new table": (
        "CREATE TABLE p (id int, tenant text);\n"
        "ALTER TABLE p ENABLE ROW LEVEL SECURITY;\n"
        "CREATE POLICY own ON p USING (tenant = current_user);"
    ),
    "trigger on a new table": (
        "CREATE TABLE p (id int);\n"
        "CREATE TRIGGER t BEFORE UPDATE ON p FOR EACH ROW EXECUTE FUNCTION touch();"
    ),
    "collation": "CREATE COLLATION german (provider = icu, locale = 'de');",
    "DO block that guards": (
        "DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'x') "
        "THEN CREATE ROLE x; END IF; END $$;"
    ),
    "new table with keys to an old one": (
        "SET lock_timeout = '2s';\n"
        "CREATE TABLE lines (id bigint PRIMARY KEY, order_id bigint NOT NULL "
        "REFERENCES orders (id));\n"
        "CREATE INDEX lines_order ON lines (order_id);"
    ),
}


@pytest.mark.parametrize("sql", HARMLESS.values(), ids=HARMLESS)
@pytest.mark.parametrize("major", [12, 18])
def test_a_harmless_migration_is_left_alone(sql: str, major: int) -> None:
    found = judge([Source(text=sql)], Options(major=major, schema=SCHEMA)).findings

    assert not [f"{one.rule}: {one.message}" for one in found if one.severity is not Severity.INFO]


def test_there_are_many_of_them() -> None:
    assert len(HARMLESS) >= 60
