"""Changes of whole tables and of several, and the native statements with the same end."""

from expandcontract.changes.extract_table import ExtractTable
from expandcontract.changes.move_column import MoveColumn
from expandcontract.changes.partition_table import PartitionTable
from expandcontract.changes.rename_table import RenameTable
from expandcontract.changes.widen_primary_key import WidenPrimaryKey
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
WIDENED = Case(
    id="widened",
    setup="""
    CREATE TABLE t (id serial CONSTRAINT odd_pk PRIMARY KEY, a text, up int, CHECK (id <> up));
    ALTER TABLE t ADD CONSTRAINT up_fk FOREIGN KEY (up) REFERENCES t DEFERRABLE INITIALLY DEFERRED;
    CREATE INDEX up_i ON t (up, id DESC) WHERE up > 1; CREATE INDEX a_i ON t (a);
    COMMENT ON COLUMN t.id IS 'key'; COMMENT ON CONSTRAINT odd_pk ON t IS 'pk';
    GRANT USAGE ON SEQUENCE t_id_seq TO PUBLIC;
    CREATE TABLE "Child %s" (t_id int NOT NULL DEFAULT 1 REFERENCES t ON DELETE CASCADE, n int,
        other int CONSTRAINT other_fk REFERENCES t ON UPDATE CASCADE, PRIMARY KEY (t_id, n));
    CREATE INDEX c_i ON "Child %s" (t_id) INCLUDE (n);
    CREATE TABLE wide (id int PRIMARY KEY, t bigint REFERENCES t ON DELETE SET NULL);
    COMMENT ON CONSTRAINT wide_t_fkey ON wide IS 'ref';
    INSERT INTO t (a, up) SELECT 'v' || g, nullif(g - 1, 0) FROM generate_series(1, 10) AS g;
    INSERT INTO "Child %s" SELECT g, g, nullif(g, 3) FROM generate_series(1, 10) AS g;
    INSERT INTO wide SELECT g, g FROM generate_series(1, 10) AS g;
    """,
    change=WidenPrimaryKey(table="t", column="id"),
    oracle="""
    ALTER TABLE t ALTER id TYPE bigint, ALTER up TYPE bigint;
    ALTER TABLE "Child %s" ALTER t_id TYPE bigint, ALTER other TYPE bigint;
    ALTER SEQUENCE t_id_seq AS bigint;
    """,
    tables=("t", '"Child %s"', "wide"),
    is_final=True,
)
IDENTITY = Case(
    id="widened identity",
    setup="""
    CREATE TABLE t (id smallint PRIMARY KEY GENERATED ALWAYS AS IDENTITY
        (START 5 INCREMENT 2 MAXVALUE 3000 CACHE 3 CYCLE), a text);
    INSERT INTO t (a) SELECT g FROM generate_series(1, 10) AS g;
    """,
    change=WidenPrimaryKey(table="t", column="id"),
    oracle="ALTER TABLE t ALTER id TYPE bigint",
    is_final=True,
)
READ = Case(
    id="widened with readers",
    setup="""
    CREATE TABLE t (id int PRIMARY KEY GENERATED BY DEFAULT AS IDENTITY, up int REFERENCES t,
        a text);
    CREATE TABLE "Child %s" (n int PRIMARY KEY, "T %s" int REFERENCES t);
    CREATE VIEW "Both %s" WITH (security_barrier) AS
        SELECT t.id, t.a, count(*) AS many FROM t JOIN "Child %s" c ON c."T %s" = t.id
        GROUP BY t.id;
    GRANT SELECT ON "Both %s" TO pg_monitor; COMMENT ON VIEW "Both %s" IS 'it''s';
    CREATE VIEW few AS SELECT t.id + 1 AS id FROM t WHERE t.up IS NOT NULL;
    GRANT SELECT (id), UPDATE (id, up) ON t TO pg_monitor; GRANT REFERENCES (id) ON t TO PUBLIC;
    ALTER TABLE t ENABLE ROW LEVEL SECURITY; CREATE POLICY own ON t USING (id > up OR up IS NULL);
    CREATE POLICY of_parent ON "Child %s" USING ("T %s" IN (SELECT id FROM t));
    CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
    CREATE TRIGGER aside BEFORE UPDATE OF up, id ON t FOR EACH ROW WHEN (NEW.id > 99999)
        EXECUTE FUNCTION f();
    CREATE STATISTICS st ON id, up FROM t;
    INSERT INTO t (up, a) SELECT nullif(g - 1, 0), 'v' || g FROM generate_series(1, 10) AS g;
    INSERT INTO "Child %s" SELECT g, g FROM generate_series(1, 10) AS g;
    """,
    change=WidenPrimaryKey(table="t", column="id"),
    oracle="""
    DROP VIEW "Both %s", few; DROP POLICY own ON t; DROP POLICY of_parent ON "Child %s";
    DROP TRIGGER aside ON t;
    ALTER TABLE t ALTER id TYPE bigint, ALTER up TYPE bigint;
    ALTER TABLE "Child %s" ALTER "T %s" TYPE bigint;
    CREATE VIEW "Both %s" WITH (security_barrier) AS
        SELECT t.id, t.a, count(*) AS many FROM t JOIN "Child %s" c ON c."T %s" = t.id
        GROUP BY t.id;
    GRANT SELECT ON "Both %s" TO pg_monitor; COMMENT ON VIEW "Both %s" IS 'it''s';
    CREATE VIEW few AS SELECT t.id + 1 AS id FROM t WHERE t.up IS NOT NULL;
    CREATE POLICY own ON t USING (id > up OR up IS NULL);
    CREATE POLICY of_parent ON "Child %s" USING ("T %s" IN (SELECT id FROM t));
    CREATE TRIGGER aside BEFORE UPDATE OF up, id ON t FOR EACH ROW WHEN (NEW.id > 99999)
        EXECUTE FUNCTION f();
    """,
    tables=("t", '"Child %s"'),
    is_final=True,
)
WIDE = (WIDENED, IDENTITY, READ)
PARTED = Case(
    id="parted",
    setup="""
    CREATE TABLE other (id int PRIMARY KEY); INSERT INTO other VALUES (1), (2);
    CREATE TABLE t (id bigint GENERATED BY DEFAULT AS IDENTITY (INCREMENT 3), "D %s" date NOT NULL
        DEFAULT '2026-01-01', a text CHECK (a <> ''), g int GENERATED ALWAYS AS (length(a)) STORED,
        o int CONSTRAINT to_other REFERENCES other ON DELETE CASCADE, n numeric DEFAULT 1.0,
        s serial, CONSTRAINT pk PRIMARY KEY (id, "D %s"), UNIQUE ("D %s", a) INCLUDE (n));
    CREATE INDEX lower_a ON t (lower(a)) WHERE o > 0; COMMENT ON INDEX lower_a IS 'i';
    COMMENT ON TABLE t IS 'it''s'; COMMENT ON COLUMN t.a IS 'a';
    COMMENT ON CONSTRAINT pk ON t IS 'p';
    ALTER TABLE t ALTER a SET STATISTICS 500;
    GRANT SELECT ON t TO PUBLIC; GRANT UPDATE (a) ON t TO pg_monitor;
    INSERT INTO t ("D %s", a, o) SELECT '2026-01-01'::date + g * 100, 'v' || g, g %% 2 + 1
        FROM generate_series(1, 10) AS g;
    """.replace("%%", "%"),
    change=PartitionTable(
        table="t",
        method="range",
        columns=("D %s",),
        partitions=("\"T %s 1\" FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')", "rest DEFAULT"),
    ),
    oracle="""
    CREATE TABLE z (LIKE t INCLUDING ALL EXCLUDING INDEXES EXCLUDING IDENTITY)
        PARTITION BY RANGE ("D %s");
    CREATE TABLE "T %s 1" PARTITION OF z FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
    CREATE TABLE rest PARTITION OF z DEFAULT; ALTER TABLE z ALTER a SET STATISTICS 500;
    INSERT INTO z (id, "D %s", a, o, n, s) SELECT id, "D %s", a, o, n, s FROM t;
    ALTER SEQUENCE t_s_seq OWNED BY z.s;
    DROP TABLE t;
    ALTER TABLE z RENAME TO t;
    ALTER TABLE t ADD CONSTRAINT pk PRIMARY KEY (id, "D %s"), ADD UNIQUE ("D %s", a) INCLUDE (n),
        ADD CONSTRAINT to_other FOREIGN KEY (o) REFERENCES other ON DELETE CASCADE;
    CREATE INDEX lower_a ON t (lower(a)) WHERE o > 0; COMMENT ON INDEX lower_a IS 'i';
    ALTER TABLE t ALTER id ADD GENERATED BY DEFAULT AS IDENTITY (INCREMENT 3);
    COMMENT ON TABLE t IS 'it''s'; COMMENT ON CONSTRAINT pk ON t IS 'p';
    GRANT SELECT ON t TO PUBLIC; GRANT UPDATE (a) ON t TO pg_monitor;
    """,
    is_final=True,
)
HASHED = Case(
    id="parted by hash",
    setup='CREATE TABLE "T" (k uuid NOT NULL UNIQUE, j json);'
    """INSERT INTO "T" SELECT md5(g::text)::uuid, '{"a":  1}' FROM generate_series(1, 10) AS g;""",
    change=PartitionTable(
        table="T",
        method="hash",
        columns=("k",),
        partitions=(
            "a FOR VALUES WITH (MODULUS 2, REMAINDER 0)",
            "b FOR VALUES WITH (modulus 2, remainder 1)",
        ),
    ),
    oracle="""
    CREATE TABLE z (LIKE "T") PARTITION BY HASH (k);
    CREATE TABLE a PARTITION OF z FOR VALUES WITH (MODULUS 2, REMAINDER 0);
    CREATE TABLE b PARTITION OF z FOR VALUES WITH (MODULUS 2, REMAINDER 1);
    INSERT INTO z SELECT * FROM "T"; DROP TABLE "T"; ALTER TABLE z RENAME TO "T";
    ALTER TABLE "T" ADD UNIQUE (k);
    """,
    tables=('"T"',),
    is_final=True,
)
WITH_PARTS = (PARTED, HASHED)
TABLES = (*RENAMED, *PASSED, *WIDE, *WITH_PARTS)
THOROUGH = (NAMED, EXTRACTED, MOVED, WIDENED, PARTED)
EACH_MAJOR = (NAMED, EXTRACTED, MOVED, WIDENED, IDENTITY, PARTED)
