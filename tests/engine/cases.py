"""Tables, the changes on them, and the native statements with the same end."""

from expandcontract.changes.add_index import AddIndex
from expandcontract.changes.rename_column import RenameColumn
from tests.support.walk import Case

ROWS = "INSERT INTO t (a, b) SELECT 'v' || g, g FROM generate_series(1, 10) AS g;"


def rename(
    id_: str,
    setup: str,
    *,
    table: str = "t",
    old: str = "a",
    new: str = "z",
    sql_table: str = "",
) -> Case:
    """A rename, and `ALTER TABLE … RENAME COLUMN` as its oracle."""
    quoted = [f'"{column.replace(chr(34), chr(34) * 2)}"' for column in (old, new)]
    return Case(
        id=id_,
        setup=setup,
        change=RenameColumn(table=table, old=old, new=new),
        oracle=f"ALTER TABLE {sql_table or table} RENAME COLUMN {quoted[0]} TO {quoted[1]}",
        tables=(sql_table or table,),
    )


def typed(type_: str, *values: str, before: str = "", more: str = "") -> Case:
    """A rename of a column of one type, with a row for each value and one without any."""
    rows = ", ".join(f"({value})" for value in (*values, "NULL"))
    return rename(
        type_,
        f"{before}; CREATE TABLE t (id int PRIMARY KEY GENERATED ALWAYS AS IDENTITY, a {type_}"
        f" {more}); INSERT INTO t (a) VALUES {rows};",
    )


def keyed(id_: str, columns: str, values: str, key: str) -> Case:
    """A rename in a table with that key."""
    return rename(
        f"key {id_}",
        f"CREATE TABLE t ({columns}, a text, {key});"
        f"INSERT INTO t SELECT {values}, 'v' || g FROM generate_series(1, 10) AS g;",
    )


PLAIN = rename("plain", "CREATE TABLE t (id int PRIMARY KEY, a text, b int);")
EVERYTHING = rename(
    "everything",
    """
    CREATE TABLE t (
        id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
        a varchar(100) COLLATE "C" NOT NULL DEFAULT 'none',
        b int,
        c text,
        CONSTRAINT t_u UNIQUE (a),
        CONSTRAINT t_later UNIQUE (a, b) DEFERRABLE INITIALLY DEFERRED,
        CONSTRAINT t_wide UNIQUE (b, a) INCLUDE (c),
        CONSTRAINT t_check CHECK (a <> ''),
        CONSTRAINT t_both CHECK (length(a) > b OR b IS NULL OR b >= 0)
    );
    CREATE INDEX t_part ON t (b) WHERE a LIKE 'v%';
    CREATE INDEX t_lower ON t (lower(a), (a || '%'));
    CREATE INDEX t_include ON t (b) INCLUDE (a);
    CREATE INDEX t_down ON t (a DESC NULLS LAST, b DESC, c NULLS FIRST) WITH (fillfactor = 70);
    CREATE INDEX t_pattern ON t (a text_pattern_ops, c COLLATE "C");
    CREATE INDEX t_hash ON t USING hash (a);
    ALTER TABLE t ADD CONSTRAINT t_nulls CHECK (a IS NOT NULL) NO INHERIT;
    CREATE UNIQUE INDEX "t Odd" ON t (a, c) WHERE b > 3;
    INSERT INTO t (a, b) SELECT 'v' || g, g FROM generate_series(1, 10) AS g;
    ALTER TABLE t ADD CONSTRAINT t_unproven CHECK (a <> 'never') NOT VALID;
    ALTER TABLE t ALTER a SET STATISTICS 500, ALTER a SET STORAGE EXTERNAL,
        ALTER a SET (n_distinct = -0.5), ALTER a SET COMPRESSION pglz;
    COMMENT ON COLUMN t.a IS 'it''s a \\ "name"';
    COMMENT ON CONSTRAINT t_u ON t IS 'unique';
    COMMENT ON CONSTRAINT t_check ON t IS 'checked';
    COMMENT ON INDEX t_part IS 'partial';
    COMMENT ON INDEX t_u IS 'of the constraint';
    """,
)
NOT_NULL = rename(
    "not null",
    f"CREATE TABLE t (id int PRIMARY KEY GENERATED ALWAYS AS IDENTITY, a text NOT NULL, b int);"
    f"{ROWS}",
)
RENAMES = (
    PLAIN,
    EVERYTHING,
    NOT_NULL,
    rename(
        "volatile default",
        "CREATE TABLE t (id int PRIMARY KEY GENERATED ALWAYS AS IDENTITY, b int,"
        " a timestamptz NOT NULL DEFAULT clock_timestamp());"
        "INSERT INTO t (b, a) SELECT g, '2026-01-01' FROM generate_series(1, 10) AS g;",
    ),
    rename(
        "default of a type in a schema",
        "CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE TABLE t (id int PRIMARY KEY"
        " GENERATED ALWAYS AS IDENTITY, b int, a mood DEFAULT 'ok');"
        "INSERT INTO t (b) SELECT g FROM generate_series(1, 10) AS g;",
    ),
    rename(
        "sequence of its own as default",
        "CREATE SEQUENCE s; CREATE TABLE t (id int PRIMARY KEY, a bigint DEFAULT nextval('s'));"
        "INSERT INTO t SELECT g FROM generate_series(1, 10) AS g;",
    ),
    rename(
        "odd names",
        'CREATE SCHEMA "Sales%s"; CREATE TABLE "Sales%s"."Order ""Items""; %(x)s" ('
        '"I%d" int PRIMARY KEY, "E mail:name" text CHECK ("E mail:name" <> \'%s\'),'
        ' "user" text UNIQUE);'
        'CREATE INDEX "i%" ON "Sales%s"."Order ""Items""; %(x)s" (lower("E mail:name"));'
        'INSERT INTO "Sales%s"."Order ""Items""; %(x)s" SELECT g, g, g'
        " FROM generate_series(1, 10) AS g;",
        table='"Sales%s"."Order ""Items""; %(x)s"',
        sql_table='"Sales%s"."Order ""Items""; %(x)s"',
        old="E mail:name",
        new="é%(new)s \\ 'o' \"",
    ),
    rename(
        "reserved words",
        'CREATE TABLE "table" (id int PRIMARY KEY, "select" text NOT NULL UNIQUE,'
        ' "from" text CHECK ("select" <> "from"));'
        "INSERT INTO \"table\" SELECT g, g, 'x' FROM generate_series(1, 10) AS g;",
        table="table",
        sql_table='"table"',
        old="select",
        new="where",
    ),
    rename(
        "names of 63 bytes",
        f"CREATE TABLE {'t' * 63} (id int PRIMARY KEY, {'a' * 63} text NOT NULL,"
        f" CONSTRAINT {'c' * 63} UNIQUE ({'a' * 63}));"
        f"CREATE INDEX {'i' * 63} ON {'t' * 63} ({'a' * 63} DESC);"
        f"INSERT INTO {'t' * 63} SELECT g, g FROM generate_series(1, 10) AS g;",
        table="t" * 63,
        old="a" * 63,
        new="a" * 62 + "b",
    ),
    rename(
        "words of the sync function",
        "CREATE TABLE new (id int PRIMARY KEY, old text DEFAULT 'x', new_changed int);"
        "INSERT INTO new SELECT g, g, g FROM generate_series(1, 10) AS g;",
        table="new",
        old="old",
        new="old_changed",
    ),
    rename(
        "words of types and functions",
        'CREATE TABLE t (id int PRIMARY KEY, "time" timestamp NOT NULL,'
        ' CHECK ("time" > \'2020-01-01 00:00\'), CHECK (extract(year FROM "time") > 2000));'
        "INSERT INTO t SELECT g, '2026-01-01' FROM generate_series(1, 10) AS g;",
        old="time",
        new="at",
    ),
    rename(
        "a field that is named as the column",
        "CREATE TABLE t (id int PRIMARY KEY, day date NOT NULL,"
        " CONSTRAINT c CHECK (extract(day FROM day) > 0));"
        "INSERT INTO t SELECT g, '2026-01-01' FROM generate_series(1, 10) AS g;",
        old="day",
        new="at",
    ),
    rename(
        "the only key",
        f"CREATE TABLE t (a text NOT NULL UNIQUE, b int);{ROWS}",
    ),
    rename(
        "part of the only key",
        f"CREATE TABLE t (a text NOT NULL, b int NOT NULL, c text, UNIQUE (b, a));{ROWS}",
    ),
    rename(
        "nulls not distinct and many nulls",
        "CREATE TABLE t (id int PRIMARY KEY, a text, b int, UNIQUE NULLS NOT DISTINCT (a, b));"
        "INSERT INTO t SELECT g, NULL, g FROM generate_series(1, 10) AS g;",
    ),
    rename(
        "row security",
        "CREATE TABLE t (id int PRIMARY KEY, a text, b int);"
        "ALTER TABLE t ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;"
        "CREATE POLICY p ON t USING (b > 0);"
        "INSERT INTO t SELECT g, g, g FROM generate_series(1, 10) AS g;",
    ),
    keyed(
        "uuid",
        "id uuid",
        "md5(g::text)::uuid",
        "PRIMARY KEY (id)",
    ),
    keyed("text", "id text", "'k%' || g", "PRIMARY KEY (id)"),
    keyed(
        "time",
        "id timestamptz",
        "'2026-01-01'::timestamptz + g * interval '1 ms'",
        "UNIQUE (id), CHECK (id IS NOT NULL), PRIMARY KEY (id)",
    ),
    keyed(
        "composite",
        'tenant int, "Nr." numeric(10,2), k "char"',
        "g / 3, g, 'x'",
        'PRIMARY KEY (tenant, "Nr.", k)',
    ),
    keyed("unique", "id int NOT NULL", "-g", "UNIQUE (id)"),
    typed("numeric", "1", "1.0", "1.00", "'NaN'"),
    typed("numeric(10,2)", "1", "1.5", more="DEFAULT 0"),
    typed("json", """'{"a": 1}'""", """'{"a":1}'""", more="DEFAULT '{}'"),
    typed("jsonb", """'{"a": 1}'""", more="DEFAULT '{}'"),
    typed("text[]", "'{a,b}'", "'{}'", more="DEFAULT '{}'"),
    typed("mood", "'sad'", before="CREATE TYPE mood AS ENUM ('sad', 'ok')"),
    typed("mood[]", "'{sad}'", before="CREATE TYPE mood AS ENUM ('sad', 'ok')"),
    typed("money_", "1", before="CREATE DOMAIN money_ AS numeric(12,2) CHECK (VALUE > 0)"),
    typed("pair", "(1,'x')", before="CREATE TYPE pair AS (n int, s text)"),
    typed("char(5)", "'a'", more="DEFAULT 'b'"),
    typed("bpchar", "'a'", "'a '", "'a  '"),
    typed("timestamptz(0)", "'2026-01-01'", more="DEFAULT now()"),
    typed("bit varying(7)", "B'101'"),
    typed("interval day to second(3)", "'1 day 2 s'", more="DEFAULT '1 h'"),
    typed("int4range", "'[1,3)'"),
    typed("double precision", "1", "'-0'", "'NaN'", more="DEFAULT 1"),
    typed(
        'text COLLATE "nocase"',
        "'a'",
        "'A'",
        before="CREATE COLLATION nocase"
        " (provider = icu, locale = 'und-u-ks-level2', deterministic = false)",
    ),
)


def index(id_: str, change: AddIndex, oracle: str, *, setup: str = "", before: str = "") -> Case:
    """An index on a table of ten rows; `before` is what stands there of it already."""
    table = (
        f"CREATE TABLE t (id int PRIMARY KEY GENERATED ALWAYS AS IDENTITY, a text, b int);{ROWS}"
    )
    return Case(id=id_, setup=table + setup, change=change, oracle=oracle, before=before)


INDEXES = (
    index("index", AddIndex(table="t", columns=("a", "b")), "CREATE INDEX ix_t_a_b ON t (a, b)"),
    index(
        "unique index",
        AddIndex(table="public.t", columns=("b",), index_name="B%", unique=True),
        'CREATE UNIQUE INDEX "B%" ON t (b)',
    ),
    index(
        "expression index",
        AddIndex(table="t", columns=("(lower(a))", "b", "(b % 3)"), index_name="i"),
        "CREATE INDEX i ON t (lower(a), b, (b % 3))",
    ),
    index(
        "partial index",
        AddIndex(table="t", columns=("a",), include=("b",), where="a LIKE 'v%'"),
        "CREATE INDEX ix_t_a ON t (a) INCLUDE (b) WHERE a LIKE 'v%'",
    ),
    index(
        "descending index",
        AddIndex(
            table="t",
            columns=("b DESC", "(lower(a)) nulls first", "a desc nulls last"),
            index_name="i",
        ),
        "CREATE INDEX i ON t (b DESC, lower(a) NULLS FIRST, a DESC NULLS LAST)",
    ),
    index(
        "brin index",
        AddIndex(table="t", columns=("b",), method="brin"),
        "CREATE INDEX ix_t_b ON t USING brin (b)",
    ),
    index(
        "index that is there",
        AddIndex(table="t", columns=("b",)),
        "SELECT 1",
        setup="CREATE INDEX ix_t_b ON t (b);",
    ),
    index(
        "index that a broken build left",
        AddIndex(table="t", columns=("b",)),
        "CREATE INDEX ix_t_b ON t (b)",
        before="CREATE INDEX ix_t_b ON t (b);"
        "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'ix_t_b'::regclass",
    ),
)
