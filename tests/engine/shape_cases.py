"""Columns that are split, merged and derived, and the statements that do the same at once."""

from expandcontract.changes.derive_column import DeriveColumn
from expandcontract.changes.merge_columns import MergeColumns
from expandcontract.changes.split_column import SplitColumn
from tests.support.walk import Case

NAMES = """
    CREATE TABLE t (id int PRIMARY KEY GENERATED ALWAYS AS IDENTITY, b int,
        a text NOT NULL DEFAULT 'no name');
    INSERT INTO t (a) SELECT 'first' || g || ' last' || g FROM generate_series(1, 10) AS g;
    INSERT INTO t (a) VALUES ('Anna Maria Lee');
"""
SPLIT = Case(
    id="split",
    setup=NAMES + "CREATE INDEX i ON t (lower(a)); CREATE UNIQUE INDEX j ON t (a, b); "
    "ALTER TABLE t ADD CONSTRAINT c CHECK (a <> ''); COMMENT ON COLUMN t.a IS 'x';",
    change=SplitColumn(
        table="t",
        old="a",
        new={
            "first": ("text", "split_part(a, ' ', 1)"),
            "last": ("varchar(50)", "substr(a, strpos(a, ' ') + 1)"),
        },
        down="first || ' ' || last",
        leave=("NOT NULL of a", "index i", "index j", "constraint c", "comment of a"),
    ),
    oracle="""
        ALTER TABLE t ADD first text, ADD last varchar(50);
        UPDATE t SET first = split_part(a, ' ', 1), last = substr(a, strpos(a, ' ') + 1);
        ALTER TABLE t DROP a;
        ALTER TABLE t ALTER first
            SET DEFAULT CAST((split_part(('no name'::text), ' ', 1)) AS text);
        ALTER TABLE t ALTER last SET DEFAULT
            CAST((substr(('no name'::text), strpos(('no name'::text), ' ') + 1)) AS varchar);
    """,
)
PARTS = """
    CREATE TABLE t (id int PRIMARY KEY GENERATED ALWAYS AS IDENTITY, first text, "Last" text,
        b int);
    CREATE INDEX i ON t (first, "Last");
    INSERT INTO t (first, "Last") SELECT 'f' || g, 'l' || g FROM generate_series(1, 10) AS g;
"""
MERGE = Case(
    id="merge",
    setup=PARTS,
    change=MergeColumns(
        table="t",
        old=("first", "Last"),
        new="full",
        type="text",
        up="""first || ' ' || "Last" """,
        down={"Last": "split_part(\"full\", ' ', 2)", "first": "split_part(\"full\", ' ', 1)"},
        leave=("index i",),
    ),
    oracle="""
        ALTER TABLE t ADD "full" text; UPDATE t SET "full" = first || ' ' || "Last";
        ALTER TABLE t DROP first, DROP "Last";
    """,
)
RENAMED = Case(
    id="split into one of another type",
    setup="CREATE TABLE t (id int PRIMARY KEY, a int);"
    "INSERT INTO t SELECT g, g * 100 FROM generate_series(1, 10) AS g;",
    change=SplitColumn(
        table="t", old="a", new={"z": ("numeric(9,2)", "a / 100.0")}, down="z * 100"
    ),
    oracle="ALTER TABLE t ALTER a TYPE numeric(9,2) USING a / 100.0; ALTER TABLE t RENAME a TO z",
)
DERIVE = Case(
    id="derive",
    setup=PARTS,
    change=DeriveColumn(table="t", column="key", type="text", up='lower(first || "Last")'),
    oracle='ALTER TABLE t ADD key text; UPDATE t SET key = lower(first || "Last")',
)
SHAPES = (SPLIT, MERGE, RENAMED, DERIVE)
ONE_WAY = Case(
    id="split without a way back",
    setup=NAMES,
    change=SplitColumn(
        table="t",
        old="a",
        new={"first": ("text", "split_part(a, ' ', 1)")},
        leave=("NOT NULL of a",),
    ),
    oracle="""
        ALTER TABLE t ADD first text; UPDATE t SET first = split_part(a, ' ', 1);
        ALTER TABLE t DROP a; ALTER TABLE t ALTER first
            SET DEFAULT CAST((split_part(('no name'::text), ' ', 1)) AS text);
    """,
)
