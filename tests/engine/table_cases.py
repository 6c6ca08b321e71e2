"""Changes of whole tables and of several, and the native statements with the same end."""

from expandcontract.changes.extract_table import ExtractTable
from expandcontract.changes.move_column import MoveColumn
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
EXTRACTED = Case(
    id="extracted",
    setup="""
    CREATE TABLE t (id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY, a text COLLATE "C",
        n numeric DEFAULT 7.0, j json, b int);
    CREATE INDEX i ON t (lower(a)); COMMENT ON INDEX i IS 'x';
    COMMENT ON COLUMN t.a IS 'it''s';
    INSERT INTO t (a, n) SELECT 'v' || g, nullif(g, 7) FROM generate_series(1, 10) AS g;
    INSERT INTO t (a, n, b) VALUES (NULL, NULL, 3);
    INSERT INTO t (j, n) VALUES ('{"a": 1}', NULL);
    GRANT SELECT ON t TO PUBLIC;
    """,
    change=ExtractTable(
        table="t", columns=("a", "n", "j"), to="side", key=("t id",), leaves=("i",)
    ),
    oracle="""
    CREATE TABLE side ("t id" bigint, a text COLLATE "C", n numeric, j json, PRIMARY KEY ("t id"));
    INSERT INTO side SELECT id, a, n, j FROM t WHERE a || n::text || j::text IS NOT NULL
        OR num_nonnulls(a, n, j) > 0;
    ALTER TABLE t DROP a, DROP n, DROP j;
    ALTER TABLE side ALTER n SET DEFAULT 7.0;
    COMMENT ON COLUMN side.a IS 'it''s';
    GRANT SELECT ON side TO PUBLIC;
    """,
    ends_as=("t", "side"),
)
MOVED = Case(
    id="moved",
    setup="""
    CREATE TABLE t (x int, y text, a text, b int, PRIMARY KEY (x, y));
    CREATE TABLE side (id serial PRIMARY KEY, ty text, tx int, other text, UNIQUE (ty, tx));
    INSERT INTO t SELECT g, 'k' || g, 'v' || g, g FROM generate_series(1, 10) AS g;
    INSERT INTO side (tx, ty) SELECT g, 'k' || g FROM generate_series(10, 1, -1) AS g;
    """,
    change=MoveColumn(table="t", column="a", to="side", key=("tx", "ty"), new="A%s"),
    oracle="""
    ALTER TABLE side ADD "A%s" text;
    UPDATE side SET "A%s" = t.a FROM t WHERE (tx, ty) = (x, y);
    ALTER TABLE t DROP a;
    """,
    tables=("t", "side"),
)
ODD = Case(
    id="extracted with odd names",
    setup='CREATE SCHEMA "s %s"; CREATE TABLE "s %s"."T""%" ("I d" uuid PRIMARY KEY, "A %d" text);'
    'INSERT INTO "s %s"."T""%" SELECT md5(g::text)::uuid, g FROM generate_series(1, 10) AS g;',
    change=ExtractTable(table='"s %s"."T""%"', columns=("A %d",), to='"x %(y)s"'),
    oracle='CREATE TABLE "s %s"."x %(y)s" ("I d" uuid PRIMARY KEY, "A %d" text);'
    'INSERT INTO "s %s"."x %(y)s" SELECT * FROM "s %s"."T""%";'
    'ALTER TABLE "s %s"."T""%" DROP "A %d"',
    tables=('"s %s"."T""%"',),
    ends_as=('"s %s"."T""%"', '"s %s"."x %(y)s"'),
)
PASSED = (EXTRACTED, MOVED, ODD)
TABLES = (*RENAMED, *PASSED)
THOROUGH = (NAMED, EXTRACTED, MOVED)
EACH_MAJOR = (NAMED, EXTRACTED, MOVED)
