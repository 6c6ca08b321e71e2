"""Tables with everything on a column that PostgreSQL knows, renamed, retyped and widened."""

from expandcontract.changes.change_type import ChangeType
from expandcontract.changes.rename_column import RenameColumn
from tests.support.walk import Case

FUNCTION = """
    CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
"""
EVERYTHING = """
    CREATE TABLE p (x int UNIQUE, y int, UNIQUE (x, y));
    CREATE TABLE t (id int PRIMARY KEY GENERATED ALWAYS AS IDENTITY, b int,
        a int NOT NULL DEFAULT 3 CONSTRAINT c CHECK (a > 0),
        CONSTRAINT u UNIQUE (a), CONSTRAINT ub UNIQUE (a, b),
        CONSTRAINT out1 FOREIGN KEY (a) REFERENCES p (x) ON UPDATE CASCADE
            DEFERRABLE INITIALLY DEFERRED,
        CONSTRAINT out2 FOREIGN KEY (a, b) REFERENCES p (x, y) MATCH FULL ON DELETE CASCADE);
    CREATE TABLE child (x int CONSTRAINT in1 REFERENCES t (a) ON DELETE CASCADE, a int, b int,
        CONSTRAINT in2 FOREIGN KEY (a, b) REFERENCES t (a, b) ON UPDATE SET NULL);
    ALTER TABLE t ADD parent int CONSTRAINT own REFERENCES t (a);
    COMMENT ON CONSTRAINT in1 ON child IS 'in'; COMMENT ON CONSTRAINT out1 ON t IS 'out';
    CREATE INDEX part ON t (b) WHERE a > 3; CREATE INDEX expr ON t ((a + 1)) INCLUDE (b, a);
    ALTER INDEX expr ALTER COLUMN 1 SET STATISTICS 77; ALTER TABLE t CLUSTER ON ub;
    ALTER TABLE t REPLICA IDENTITY USING INDEX u;
    COMMENT ON COLUMN t.a IS 'a'; ALTER TABLE t ALTER a SET STATISTICS 55;
    GRANT SELECT (a), UPDATE (a) ON t TO pg_monitor; GRANT SELECT (a) ON t TO PUBLIC;
    CREATE STATISTICS s (ndistinct) ON a, b FROM t; COMMENT ON STATISTICS s IS 's';
    ALTER TABLE t ENABLE ROW LEVEL SECURITY;
    CREATE POLICY pol ON t FOR UPDATE TO pg_monitor USING (a > 1 AND b IN (SELECT x FROM p))
        WITH CHECK (a > 2);
    CREATE VIEW v WITH (security_barrier = true) AS
        SELECT a, b, a + 1 AS more FROM t WHERE a > 0 WITH LOCAL CHECK OPTION;
    GRANT SELECT ON v TO pg_monitor; GRANT UPDATE (b) ON v TO pg_monitor WITH GRANT OPTION;
    COMMENT ON VIEW v IS 'v'; COMMENT ON COLUMN v.a IS 'of v';
    CREATE TRIGGER trg AFTER UPDATE OF a ON t FOR EACH ROW WHEN (NEW.a > 3) EXECUTE FUNCTION f();
    CREATE TRIGGER off BEFORE UPDATE OF b, a ON t FOR EACH ROW EXECUTE FUNCTION f();
    ALTER TABLE t DISABLE TRIGGER off; COMMENT ON TRIGGER trg ON t IS 'trg';
    CREATE PUBLICATION pub FOR TABLE t;
    INSERT INTO p SELECT g, g FROM generate_series(1, 10) g;
    INSERT INTO t (a, b) SELECT g, g FROM generate_series(1, 10) g;
    INSERT INTO child VALUES (3, 4, 4);
"""
TABLES = ("t", "p", "child", "v")
RENAMED = Case(
    id="rename of everything",
    setup=FUNCTION + EVERYTHING,
    change=RenameColumn(table="t", old="a", new="z"),
    oracle="ALTER TABLE t RENAME a TO z",
    tables=TABLES,
)
AGAIN = "DROP PUBLICATION pub; DROP SCHEMA public CASCADE; CREATE SCHEMA public;"
RETYPED = Case(
    id="change of type of everything",
    setup=FUNCTION + EVERYTHING,
    change=ChangeType(table="t", column="a", type="bigint"),
    oracle=AGAIN
    + FUNCTION
    + EVERYTHING.replace("a int NOT NULL DEFAULT 3", "a bigint NOT NULL DEFAULT 3"),
    tables=TABLES,
)


def everything(type_: str) -> str:
    """The same with a column, and those that it refers to and that refer to it, of a type."""
    found = EVERYTHING.replace("(x int", f"(x {type_}").replace(" a int", f" a {type_}")
    return FUNCTION + found


#: No value is stored otherwise; but for what reads it, this would be one statement.
WIDER = Case(
    id="wider type of everything",
    setup=everything("numeric(10)"),
    change=ChangeType(table="t", column="a", type="numeric(12)"),
    oracle=AGAIN + everything("numeric(10)").replace("a numeric(10) NOT", "a numeric(12) NOT"),
    tables=TABLES,
)
SERIAL = Case(
    id="serial",
    setup="CREATE TABLE t (id int PRIMARY KEY, a serial); INSERT INTO t (id) VALUES (1), (2);",
    change=RenameColumn(table="t", old="a", new="z"),
    oracle="ALTER TABLE t RENAME a TO z",
)
WIDER_SERIAL = Case(
    id="wider serial",
    setup=SERIAL.setup,
    change=ChangeType(table="t", column="a", type="bigint"),
    oracle="ALTER TABLE t ALTER a TYPE bigint; ALTER SEQUENCE t_a_seq AS bigint",
)
IDENTITY = Case(
    id="identity",
    setup="CREATE TABLE t (id int PRIMARY KEY, a int GENERATED ALWAYS AS IDENTITY"
    " (START WITH 7 INCREMENT BY 3)); INSERT INTO t (id) VALUES (1), (2);",
    change=RenameColumn(table="t", old="a", new="z"),
    oracle="ALTER TABLE t RENAME a TO z",
)
WIDER_IDENTITY = Case(
    id="wider identity",
    setup=IDENTITY.setup,
    change=ChangeType(table="t", column="a", type="bigint"),
    oracle="ALTER TABLE t ALTER a TYPE bigint",
)
SQL_BODY = Case(
    id="function, rule, generated view",
    setup="CREATE TABLE t (id int PRIMARY KEY, a text, b int);"
    "CREATE FUNCTION g() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT count(a) FROM t; END;"
    "CREATE RULE r AS ON UPDATE TO t WHERE new.a = 'x' DO INSTEAD NOTHING;"
    'CREATE VIEW w AS SELECT a AS "A%" FROM t'
    " UNION SELECT upper(t2.a) FROM t t2 JOIN t ON t.a = t2.a;"
    "CREATE VIEW ww AS SELECT * FROM w;"
    "INSERT INTO t SELECT g, g, g FROM generate_series(1, 10) g;",
    change=RenameColumn(table="t", old="a", new="z"),
    oracle="ALTER TABLE t RENAME a TO z",
    tables=("t", "w", "ww"),
)
# 15 and later publish columns and rows.
PUBLISHED = Case(
    id="published",
    setup="CREATE TABLE t (id int PRIMARY KEY, a int NOT NULL);"
    "INSERT INTO t SELECT g, g FROM generate_series(1, 10) g;"
    "CREATE PUBLICATION pub FOR TABLE t (id, a);"
    "CREATE PUBLICATION other FOR TABLE t WHERE (a <> 3) WITH (publish = 'insert')",
    change=RenameColumn(table="t", old="a", new="z"),
    oracle="ALTER TABLE t RENAME a TO z",
)
SMALL = (SERIAL, WIDER_SERIAL, IDENTITY, WIDER_IDENTITY, SQL_BODY)
CARRIED = (RENAMED, RETYPED, WIDER, *SMALL)
