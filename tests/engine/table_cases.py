"""Changes of whole tables and of several, and the native statements with the same end."""

from expandcontract.changes.rename_table import RenameTable
from tests.support.walk import Case

NAMED = Case(
    id="table",
    setup="""
    CREATE TABLE other (id int PRIMARY KEY);
    CREATE TABLE t (id serial PRIMARY KEY, a text DEFAULT 'x' CHECK (a <> ''),
        o int REFERENCES other, g int GENERATED ALWAYS AS (length(a)) STORED, UNIQUE (a, o));
    CREATE TABLE child (t int REFERENCES t ON DELETE CASCADE);
    CREATE VIEW shown AS SELECT id, a FROM t;
    COMMENT ON TABLE t IS 'it''s';
    CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
    CREATE TRIGGER mine BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION f();
    GRANT SELECT, INSERT ON t TO PUBLIC;
    GRANT UPDATE (a) ON t TO pg_monitor WITH GRANT OPTION;
    INSERT INTO t (a) SELECT 'v' || g FROM generate_series(1, 10) AS g;
    INSERT INTO child VALUES (3);
    """,
    change=RenameTable(old="t", new="people"),
    oracle="ALTER TABLE t RENAME TO people",
    tables=("t", "child", "shown"),
    ends_as=("people", "child", "shown"),
)
RENAMED = (
    NAMED,
    Case(
        id="table with an odd name",
        setup='CREATE SCHEMA "s %s"; CREATE TABLE "s %s"."select ""x""" (a int, "A %d" text);'
        'INSERT INTO "s %s"."select ""x""" VALUES (1, \'%s\');',
        change=RenameTable(old='"s %s"."select ""x"""', new=f'"{"é" * 31}%"'),
        oracle=f'ALTER TABLE "s %s"."select ""x""" RENAME TO "{"é" * 31}%"',
        tables=('"s %s"."select ""x"""',),
        ends_as=(f'"s %s"."{"é" * 31}%"',),
    ),
    Case(
        id="partitioned table",
        setup="CREATE TABLE t (id int, a text, PRIMARY KEY (id)) PARTITION BY RANGE (id);"
        "CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (100);"
        "INSERT INTO t SELECT g, g FROM generate_series(1, 10) AS g;",
        change=RenameTable(old="t", new="z"),
        oracle="ALTER TABLE t RENAME TO z",
        ends_as=("z",),
    ),
    Case(
        id="table that is published",
        setup="CREATE TABLE t (id int PRIMARY KEY); CREATE PUBLICATION p FOR TABLE t;"
        "INSERT INTO t SELECT g FROM generate_series(1, 10) AS g;",
        change=RenameTable(old="t", new="z", published=True),
        oracle="ALTER TABLE t RENAME TO z",
        ends_as=("z",),
    ),
)
TABLES = RENAMED
THOROUGH = (NAMED,)
EACH_MAJOR = (NAMED,)
