"""Columns that get another type, and `ALTER COLUMN … TYPE` as the oracle."""

from expandcontract.changes.change_type import ChangeType
from tests.support.walk import Case


def retyped(  # noqa: PLR0913  # one for each part of a case
    id_: str,
    columns: str,
    values: str,
    change: ChangeType,
    *,
    more: str = "",
    using: str = "",
    after: str = "",
    default: str = "",
) -> Case:
    """A change of type of `t.a`; `more` comes after the rows, `after` ends the oracle.

    A `default` is one that the server cannot take along by itself.
    """
    native = f"ALTER a TYPE {change.type}" + (f" USING {using}" if using else "")
    if default:
        native = f"ALTER a DROP DEFAULT, {native}, ALTER a SET DEFAULT {default}"
    return Case(
        id=id_,
        setup="CREATE SCHEMA m; CREATE TYPE m.mood AS ENUM ('sad', 'ok');"
        " CREATE DOMAIN label AS text;"
        f"CREATE TABLE t (id int PRIMARY KEY GENERATED ALWAYS AS IDENTITY, b int, {columns});"
        f"INSERT INTO t (a) VALUES {values}; {more}",
        change=change,
        oracle=f"ALTER TABLE t {native}; {after}",
    )


def to(type_: str, **more: object) -> ChangeType:
    return ChangeType(table="t", column="a", type=type_, **more)  # type: ignore[arg-type]


WIDENINGS = (
    retyped("varchar to text", "a varchar(50)", "('x'), (NULL)", to("text")),
    retyped(
        "varchar to a wider one, with all that hangs on it",
        "a varchar(50) NOT NULL DEFAULT 'none' UNIQUE,"
        " CONSTRAINT c CHECK (a <> ''), CONSTRAINT d CHECK (length(a) > b)",
        "('x'), ('y')",
        to("varchar(100)"),
        more="CREATE INDEX i ON t (b, a DESC) INCLUDE (a); COMMENT ON CONSTRAINT c ON t IS 'c';"
        "ALTER TABLE t ALTER a SET STATISTICS 500, ALTER a SET STORAGE EXTERNAL,"
        " ALTER a SET (n_distinct = -0.5); COMMENT ON COLUMN t.a IS 'x';"
        "ALTER TABLE t ADD CONSTRAINT e CHECK (a <> 'never') NOT VALID;",
        after="ALTER TABLE t ALTER a SET STORAGE EXTERNAL",
    ),
    retyped("numeric of more digits", "a numeric(10,2)", "(1.5)", to("numeric(12,2)")),
    retyped(
        "timestamp of more digits",
        "a timestamptz(3)",
        "('2026-01-01 01:02:03.456')",
        to("timestamptz"),
    ),
    retyped("varbit", "a varbit(7)", "(B'101')", to("varbit(9)")),
)
TWINS = (
    retyped(
        "varchar to a wider one, with an index that would be built anew",
        "a varchar(50) NOT NULL",
        "('x'), ('y')",
        to("varchar(100)"),
        more="CREATE INDEX i ON t (lower(a)) WHERE a LIKE 'v%';",
    ),
    retyped("int to bigint", "a int", "(1), (-1), (NULL)", to("bigint")),
    retyped(
        "int to bigint, with all that hangs on it",
        "a int NOT NULL DEFAULT 7 CONSTRAINT c CHECK (a > 0), CONSTRAINT u UNIQUE (a),"
        " CONSTRAINT later UNIQUE (a, b) DEFERRABLE INITIALLY DEFERRED",
        "(1), (2), (3), (4)",
        to("bigint"),
        more="CREATE INDEX i ON t (b) WHERE a > 3; CREATE INDEX j ON t ((a + 1) DESC) INCLUDE (b);"
        "COMMENT ON COLUMN t.a IS 'it''s'; COMMENT ON INDEX i IS 'i'; COMMENT ON INDEX u IS 'u';"
        "ALTER TABLE t ALTER a SET STATISTICS 99, ALTER a SET (n_distinct = -0.5);",
    ),
    retyped(
        "text to int",
        "a text",
        "('1'), ('22'), (NULL), ('333')",
        to("int", up="a::integer", down="a_new::text"),
        using="a::integer",
    ),
    retyped(
        "a value of its own way",
        "a int DEFAULT 250",
        "(100), (250), (NULL), (399)",
        to("numeric(12,2)", up="a / 100.0", down="a_new * 100"),
        using="a / 100.0",
        default="CAST(((250) / 100.0) AS numeric(12,2))",
    ),
    retyped(
        "text to jsonb",
        "a text",
        """('{"a": 1}'), ('{}'), (NULL)""",
        to("jsonb"),
        using="a::jsonb",
    ),
    retyped(
        "to an enum in a schema",
        "a text",
        "('sad'), ('ok'), (NULL)",
        to("m.mood"),
        using="a::m.mood",
    ),
    retyped(
        "to an array, from a domain",
        "a label",
        "('x'), ('y')",
        to("text[]", up="ARRAY[a]", down="a_new[1]"),
        using="ARRAY[a]",
    ),
    retyped(
        "timestamp to one with a zone",
        "a timestamp DEFAULT '2026-01-01'",
        "('2026-02-03 04:05'), (NULL)",
        to("timestamptz", up="a AT TIME ZONE 'UTC'", down="a_new AT TIME ZONE 'UTC'"),
        using="a AT TIME ZONE 'UTC'",
        default="CAST((('2026-01-01 00:00:00'::timestamp) AT TIME ZONE 'UTC') AS timestamptz)",
    ),
    retyped(
        "a lossy pair",
        "a text",
        "('7'), ('007'), ('8')",
        to("int", lossy=True),
        using="a::integer",
    ),
    Case(
        id="odd names",
        setup='CREATE SCHEMA "S %s"; CREATE TABLE "S %s"."T ""t""" ("I%d" text PRIMARY KEY,'
        ' "a b%(x)s" int NOT NULL CHECK ("a b%(x)s" % 2 >= 0));'
        'INSERT INTO "S %s"."T ""t""" SELECT g, g FROM generate_series(1, 10) AS g;',
        change=ChangeType(
            table='"S %s"."T ""t"""', column="a b%(x)s", type="bigint", new_name="Übrigens %s '"
        ),
        oracle='ALTER TABLE "S %s"."T ""t""" ALTER "a b%(x)s" TYPE bigint',
        tables=('"S %s"."T ""t"""',),
    ),
)
TYPES = (*WIDENINGS, *TWINS)
