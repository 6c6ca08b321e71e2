"""The kinds that copy nothing, and the native statements with the same end."""

from dataclasses import replace

import sqlalchemy as sa

import expandcontract as ec
from expandcontract.changes.base import Change
from tests.support.walk import Case

ROWS = "INSERT INTO t (a, b) SELECT 'v' || g, g FROM generate_series(1, 10) AS g;"
TABLE = "CREATE TABLE t (id int PRIMARY KEY GENERATED ALWAYS AS IDENTITY, a text, b int);" + ROWS
ODD = '"Sales%s"."Order ""Items"""'
ODD_TABLE = (
    f'CREATE SCHEMA "Sales%s"; CREATE TABLE {ODD} ("I %d" int PRIMARY KEY, "E mail" text);'
    f"INSERT INTO {ODD} SELECT g, 'v' || g FROM generate_series(1, 10) AS g;"
)


def case(
    id_: str,
    change: Change,
    oracle: str,
    *,
    setup: str = TABLE,
    tables: tuple[str, ...] = ("t",),
    ends_as: tuple[str, ...] = (),
) -> Case:
    return Case(
        id=id_,
        setup=setup,
        change=change,
        oracle=oracle,
        tables=tables,
        ends_as=ends_as,
    )


COLUMNS = (
    case(
        "column",
        ec.AddColumn(table="t", column=sa.Column("n", sa.Numeric(10, 2), comment="it's")),
        "ALTER TABLE t ADD n numeric(10, 2); COMMENT ON COLUMN t.n IS 'it''s'",
    ),
    case(
        "column with a constant default",
        ec.AddColumn(
            table="t", column=sa.Column("n", sa.Integer(), server_default="7", nullable=False)
        ),
        "ALTER TABLE t ADD n int DEFAULT '7' NOT NULL",
    ),
    case(
        "column with a percent sign in its default",
        ec.AddColumn(
            table="t", column=sa.Column("n", sa.Text(), server_default="100%", comment="50%")
        ),
        "ALTER TABLE t ADD n text DEFAULT '100%'; COMMENT ON COLUMN t.n IS '50%'",
    ),
    case(
        "column with a default of each row",
        ec.AddColumn(
            table="t",
            column=sa.Column("n", sa.Integer(), server_default=sa.text("(random() * 0)::int")),
        ),
        "ALTER TABLE t ADD n int DEFAULT (random() * 0)::int",
    ),
    case(
        "column that is filled",
        ec.AddColumn(
            table="t",
            column=ec.NewColumn(name="N %s", type="text", nullable=False),
            fill="lower(a) || '%'",
        ),
        'ALTER TABLE t ADD "N %s" text; UPDATE t SET "N %s" = lower(a) || \'%\';'
        'ALTER TABLE t ALTER "N %s" SET NOT NULL',
    ),
    case(
        "column in an odd table",
        ec.AddColumn(
            table=ODD,
            column=ec.NewColumn(name="select", type="text", nullable=False, default="'x%'::text"),
        ),
        f"ALTER TABLE {ODD} ADD \"select\" text DEFAULT 'x%' NOT NULL",
        setup=ODD_TABLE,
        tables=(ODD,),
    ),
    case(
        "not null",
        ec.SetNotNull(table="t", column="a"),
        "ALTER TABLE t ALTER a SET NOT NULL",
    ),
    case(
        "not null in an odd table",
        ec.SetNotNull(table=ODD, column="E mail"),
        f'ALTER TABLE {ODD} ALTER "E mail" SET NOT NULL',
        setup=ODD_TABLE,
        tables=(ODD,),
    ),
    case(
        "not null on a long name",
        ec.SetNotNull(table="t" * 63, column="a" * 63),
        f"ALTER TABLE {'t' * 63} ALTER {'a' * 63} SET NOT NULL",
        setup=f"CREATE TABLE {'t' * 63} ({'a' * 63} int); INSERT INTO {'t' * 63} VALUES (1);",
        tables=("t" * 63,),
    ),
    case(
        "nullable",
        ec.DropNotNull(table="t", column="a"),
        "ALTER TABLE t ALTER a DROP NOT NULL",
        setup=f"{TABLE} ALTER TABLE t ALTER a SET NOT NULL;",
    ),
)
CONSTRAINTS = (
    case(
        "check",
        ec.AddCheck(table="t", name="b%d", condition="b % 100 >= 0"),
        'ALTER TABLE t ADD CONSTRAINT "b%d" CHECK (b % 100 >= 0)',
    ),
    case(
        "foreign key",
        ec.AddForeignKey(
            table="t",
            columns=("b",),
            to="other",
            on_delete="cascade",
            on_update="set null",
            match="full",
            initially_deferred=True,
        ),
        "ALTER TABLE t ADD FOREIGN KEY (b) REFERENCES other MATCH FULL"
        " ON DELETE CASCADE ON UPDATE SET NULL DEFERRABLE INITIALLY DEFERRED",
        setup=f"{TABLE} CREATE TABLE other (id int PRIMARY KEY);"
        "INSERT INTO other SELECT g FROM generate_series(1, 10) AS g;",
        tables=("t", "other"),
    ),
    case(
        "unique",
        ec.AddUnique(table="t", columns=("a", "b"), include=("id",), deferrable=True),
        "ALTER TABLE t ADD CONSTRAINT t_a_b_key UNIQUE (a, b) INCLUDE (id) DEFERRABLE",
    ),
    case(
        "primary key",
        ec.AddPrimaryKey(table="t", columns=("a", "b")),
        "ALTER TABLE t ADD PRIMARY KEY (a, b)",
        setup="CREATE TABLE t (a text, b int NOT NULL);" + ROWS,
    ),
)


def dropped(id_: str, name: str, made: str, *, kind: str, more: str = "") -> Case:
    """A constraint or an index that goes from the table, and comes back with its comment."""
    quoted = f'"{name}"'
    if kind == "constraint":
        change: Change = ec.DropConstraint(table="t", constraint=name)
        oracle = f"ALTER TABLE t DROP CONSTRAINT {quoted}"
        made = f"ALTER TABLE t ADD CONSTRAINT {quoted} {made}"
    else:
        change = ec.DropIndex(table="t", index_name=name)
        oracle = f"DROP INDEX {quoted}"
        made = f"CREATE INDEX {quoted} ON t {made}"
    return case(id_, change, oracle, setup=f"{TABLE} {made}; {more}")


DROPPED_CONSTRAINTS = (
    dropped(
        "dropped check",
        "c%d",
        "CHECK (a LIKE 'v%')",
        kind="constraint",
        more="COMMENT ON CONSTRAINT \"c%d\" ON t IS 'it''s'",
    ),
    dropped(
        "dropped check that was never proved", "c", "CHECK (b > 5) NOT VALID", kind="constraint"
    ),
    dropped(
        "dropped unique constraint",
        "u",
        "UNIQUE (b, a) DEFERRABLE",
        kind="constraint",
        more="COMMENT ON INDEX u IS 'i'",
    ),
)
INDEXES = (
    dropped(
        "dropped index",
        "i%s",
        "(lower(a) DESC, b) WHERE a LIKE 'v%'",
        kind="index",
        more="COMMENT ON INDEX \"i%s\" IS 'it''s'",
    ),
    case(
        "replaced index",
        ec.ReplaceIndex(table="t", index_name="i", columns=("b DESC", "a"), include=("id",)),
        "DROP INDEX i; CREATE INDEX i ON t (b DESC, a) INCLUDE (id)",
        setup=f"{TABLE} CREATE INDEX i ON t (b); COMMENT ON INDEX i IS 'old';",
    ),
)
DROPS = (
    case(
        "dropped column",
        ec.DropColumn(table="t", column="a"),
        "ALTER TABLE t DROP COLUMN a",
        setup=f"{TABLE} ALTER TABLE t ALTER a SET NOT NULL, ADD UNIQUE (a),"
        " ADD CONSTRAINT c CHECK (a <> '');"
        "CREATE INDEX i ON t (lower(a)); COMMENT ON COLUMN t.a IS 'it''s';",
    ),
    case(
        "dropped column with all that it shares",
        ec.DropColumn(table="t", column="a", also=("i", "c")),
        "ALTER TABLE t DROP COLUMN a",
        setup=f"{TABLE} ALTER TABLE t ALTER a SET DEFAULT 'x', ALTER a SET NOT NULL;"
        " CREATE INDEX i ON t (b, a);"
        "ALTER TABLE t ADD CONSTRAINT c CHECK (length(a) > 0 OR b > 0);",
    ),
    case(
        "dropped table",
        ec.DropTable(table="t"),
        "DROP TABLE t",
        setup=f"{TABLE} CREATE TABLE other (id int PRIMARY KEY);"
        "ALTER TABLE t ADD o int REFERENCES other;",
        tables=("t", "other"),
        ends_as=("other",),
    ),
)
OTHERS = (
    replace(
        case(
            "enum value",
            ec.AddEnumValue(type="mood", value="so-so %s", before="ok"),
            "ALTER TYPE mood ADD VALUE 'so-so %s' BEFORE 'ok'",
            setup=f"CREATE TYPE mood AS ENUM ('sad', 'ok'); {TABLE}",
        ),
        stays=("type public.mood",),
    ),
    case(
        "raw SQL",
        ec.RawSQL(
            name="t.raw",
            on=("t",),
            expand=(
                ec.Sql(
                    text="ALTER TABLE t SET (fillfactor = 70);",
                    done="SELECT reloptions::text LIKE '%=70%' FROM pg_class WHERE relname = 't'",
                    revert="ALTER TABLE t RESET (fillfactor)",
                    reverted="SELECT reloptions IS NULL FROM pg_class WHERE relname = 't'",
                ),
            ),
            contract=(
                ec.Sql(
                    text="COMMENT ON TABLE t IS '100%'",
                    done="SELECT obj_description('t'::regclass) IS NOT NULL",
                    revert="COMMENT ON TABLE t IS NULL",
                ),
            ),
        ),
        "ALTER TABLE t SET (fillfactor = 70); COMMENT ON TABLE t IS '100%'",
    ),
)
SIMPLE = (*COLUMNS, *CONSTRAINTS, *DROPPED_CONSTRAINTS, *INDEXES, *DROPS, *OTHERS)
