"""What has no safe plan is refused before anything is done, with the next step in the text."""

from dataclasses import dataclass

import psycopg
import pytest

import expandcontract as ec
from expandcontract.changes.base import Change
from expandcontract.changes.rename_column import RenameColumn
from expandcontract.errors import ExpandContractError
from tests.support.asserts import assert_nothing_started, assert_schema
from tests.support.fingerprint import fingerprint
from tests.support.walk import execute

TABLE = "CREATE TABLE t (id int PRIMARY KEY, a text, b int);"
RENAME = RenameColumn(table="t", old="a", new="z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A schema, and what is said about the change on it."""

    id: str
    setup: str
    says: tuple[str, ...]
    change: Change = RENAME

    def __str__(self) -> str:
        return self.id


def hanging(id_: str, sql: str, *says: str) -> Refused:
    """Something hangs on the column that no twin can carry."""
    return Refused(id=id_, setup=TABLE + sql, says=says)


def table(id_: str, setup: str, *says: str) -> Refused:
    """A table that cannot be done."""
    return Refused(id=id_, setup=setup, says=says)


PLAIN = "CREATE TABLE t (id int PRIMARY KEY, a timestamp, n int)"
CASES = (
    table("missing table", "", "table 't' does not exist on the search path (public)", "check the"),
    table(
        "missing column",
        "CREATE TABLE t (id int PRIMARY KEY, aa text)",
        "column 'a' does not exist in table public.t; did you mean 'aa'?",
    ),
    table(
        "new column of the same type",
        "CREATE TABLE t (id int PRIMARY KEY, a text, z text)",
        "public.t.z exists already (as text); drop it, or choose another name",
    ),
    table(
        "new column of another type",
        "CREATE TABLE t (id int PRIMARY KEY, a text, z int)",
        "public.t.z exists already (as integer)",
    ),
    hanging(
        "materialized view",
        "CREATE MATERIALIZED VIEW v AS SELECT upper(a) u FROM t;",
        "view public.v",
    ),
    hanging(
        "generated column",
        "ALTER TABLE t ADD u text GENERATED ALWAYS AS (upper(a)) STORED;",
        "depends on public.t.a",
    ),
    hanging(
        "exclusion",
        "ALTER TABLE t ADD CONSTRAINT x EXCLUDE USING btree (a WITH =);",
        "the exclusion constraint x holds public.t.a",
    ),
    hanging(
        "exclusion of an expression",
        "ALTER TABLE t ADD CONSTRAINT x EXCLUDE USING btree (lower(a) WITH =);",
        "the exclusion constraint x holds public.t.a",
    ),
    hanging(
        "invalid index",
        "CREATE INDEX i ON t (a);"
        "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'i'::regclass;",
        "the index i on public.t.a is invalid; drop it or build it anew first",
    ),
    table(
        "primary key",
        "CREATE TABLE t (a text PRIMARY KEY)",
        "the primary key constraint t_pkey holds public.t.a",
    ),
    table(
        "included in the primary key",
        "CREATE TABLE t (id int, a text, PRIMARY KEY (id) INCLUDE (a))",
        "the primary key constraint t_pkey holds public.t.a",
    ),
    table(
        "generated",
        "CREATE TABLE t (id int PRIMARY KEY, a int GENERATED ALWAYS AS (id + 1) STORED)",
        "public.t.a is generated; add a new generated column",
    ),
    table(
        "partition key",
        "CREATE TABLE t (id int, a text, PRIMARY KEY (id, a)) PARTITION BY RANGE (a)",
        "public.t.a is in the partition key, by which rows find their partition",
    ),
    table(
        "partition key of an expression",
        "CREATE TABLE t (id int, a text) PARTITION BY RANGE ((lower(a)))",
        "public.t.a is in the partition key",
    ),
    table(
        "foreign partition",
        "CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w;"
        "CREATE TABLE t (id int, a text) PARTITION BY RANGE (id);"
        "CREATE FOREIGN TABLE p PARTITION OF t DEFAULT SERVER s",
        "public.p, a part of public.t, is a foreign table: detach it",
    ),
    table(
        "partition with a default of its own",
        "CREATE TABLE t (id int PRIMARY KEY, a text) PARTITION BY RANGE (id);"
        "CREATE TABLE p PARTITION OF t DEFAULT; ALTER TABLE p ALTER a SET DEFAULT 'x'",
        "public.p.a has another default than public.t",
    ),
    table(
        "two parents",
        "CREATE TABLE t (id int PRIMARY KEY, a text); CREATE TABLE u (a text);"
        "CREATE TABLE c () INHERITS (t, u); CREATE INDEX ON c (id)",
        "public.c inherits a from public.u too; end one of the two",
    ),
    table(
        "partition",
        "CREATE TABLE w (id int, a text) PARTITION BY RANGE (id);"
        "CREATE TABLE t PARTITION OF w DEFAULT",
        "public.t.a is inherited from public.w; do it there",
    ),
    table(
        "child without the parent's key",
        "CREATE TABLE t (id int PRIMARY KEY, a text); CREATE TABLE c () INHERITS (t)",
        'public.c has no index on ("id"), along which a backfill walks',
    ),
    Refused(
        id="unique without the partition key",
        setup="CREATE TABLE t (id int, a text) PARTITION BY RANGE (id)",
        change=ec.AddUnique(table="t", columns=("a",)),
        says=("public.t is partitioned by id, and only what contains that can be unique",),
    ),
    Refused(
        id="unique index without the partition key below",
        setup="CREATE TABLE t (id int, a text) PARTITION BY RANGE (a);"
        "CREATE TABLE p PARTITION OF t DEFAULT PARTITION BY RANGE (id)",
        change=ec.AddIndex(table="t", columns=("a",), unique=True),
        says=("public.p is partitioned by id", "add id"),
    ),
    Refused(
        id="share in an index",
        setup="CREATE TABLE t (id int, a text) PARTITION BY RANGE (id);"
        "CREATE TABLE p PARTITION OF t DEFAULT; CREATE INDEX i ON t (a)",
        change=ec.DropIndex(table="p", index_name="p_a_idx"),
        says=("it is the part of public.i on public.p, and goes with that",),
    ),
    Refused(
        id="inherited check",
        setup="CREATE TABLE t (id int, a text, CONSTRAINT c CHECK (a <> ''))"
        " PARTITION BY RANGE (id); CREATE TABLE p PARTITION OF t DEFAULT",
        change=ec.DropConstraint(table="p", constraint="c"),
        says=("c is inherited from public.t; drop it there",),
    ),
    Refused(
        id="column of a partition",
        setup="CREATE TABLE t (id int) PARTITION BY RANGE (id);"
        "CREATE TABLE p PARTITION OF t DEFAULT",
        change=ec.AddColumn(table="p", column=ec.NewColumn(name="b", type="int")),
        says=("public.p is a partition of public.t, and has its columns from there",),
    ),
    Refused(
        id="column that a child has",
        setup="CREATE TABLE t (id int); CREATE TABLE c (b text) INHERITS (t)",
        change=ec.AddColumn(table="t", column=ec.NewColumn(name="b", type="int")),
        says=("public.c, a part of public.t, has a column b already (as text)",),
    ),
    Refused(
        id="foreign key to a table with children",
        setup="CREATE TABLE t (id int); CREATE TABLE o (id int PRIMARY KEY);"
        "CREATE TABLE c () INHERITS (o)",
        change=ec.AddForeignKey(table="t", columns=("id",), to="o"),
        says=("public.o has children, whose rows PostgreSQL would not find",),
    ),
    table("a view", "CREATE VIEW t AS SELECT 1 AS id, 'x' AS a", "public.t is a view"),
    table("no key", "CREATE TABLE t (a text, b int)", "public.t has no primary key", "add one"),
    table(
        "keys that are no keys",
        "CREATE TABLE t (a text, b int UNIQUE, c int NOT NULL, UNIQUE (c) DEFERRABLE);"
        "CREATE UNIQUE INDEX ON t (lower(a)); CREATE UNIQUE INDEX ON t (c) WHERE c > 0",
        "public.t has no primary key",
    ),
    Refused(
        id="index on a missing column",
        setup=TABLE,
        change=ec.AddIndex(table="t", columns=("c",)),
        says=("column 'c' does not exist in table public.t; it has id, a, b",),
    ),
    Refused(
        id="index with another definition",
        setup=TABLE + "CREATE INDEX i ON t (b);",
        change=ec.AddIndex(table="t", columns=("a",), index_name="i"),
        says=("an index i exists already with another definition",),
    ),
    Refused(
        id="index in another order",
        setup=TABLE + "CREATE INDEX i ON t (a DESC);",
        change=ec.AddIndex(table="t", columns=("a",), index_name="i"),
        says=("an index i exists already with another definition",),
    ),
    Refused(
        id="index with another expression",
        setup=TABLE + "CREATE INDEX i ON t (lower(a));",
        change=ec.AddIndex(table="t", columns=("(upper(a))",), index_name="i"),
        says=("an index i exists already with another definition", "lower(a)"),
    ),
    Refused(
        id="index with another predicate",
        setup=TABLE + "CREATE INDEX i ON t (a) WHERE b > 3;",
        change=ec.AddIndex(table="t", columns=("a",), where="b > 4", index_name="i"),
        says=("an index i exists already with another definition", "b > 3"),
    ),
    Refused(
        id="index with the name of a table",
        setup=TABLE,
        change=ec.AddIndex(table="t", columns=("a",), index_name="t"),
        says=("no other relation in schema public has the name t",),
    ),
    Refused(
        id="index of an unknown method",
        setup=TABLE,
        change=ec.AddIndex(table="t", columns=("a",), method="btee"),
        says=('the index ix_t_a: access method "btee" does not exist',),
    ),
    Refused(
        id="rename to a system column",
        setup=TABLE,
        change=ec.RenameColumn(table="t", old="a", new="xmin"),
        says=("every table has a system column xmin already; choose another name",),
    ),
    Refused(
        id="index on a view",
        setup="CREATE VIEW t AS SELECT 1 AS a",
        change=ec.AddIndex(table="t", columns=("a",)),
        says=("public.t is a view; name the table that has its rows",),
    ),
    *(
        Refused(id=id_, setup=PLAIN, change=change, says=(says,))
        for id_, change, says in (
            (
                "zone of a session",
                ec.ChangeType(table="t", column="a", type="timestamptz"),
                'takes the TimeZone of each session that writes; say which one it is: up="a AT',
            ),
            (
                "the ledger's own",
                ec.RenameColumn(table="expandcontract.changes", old="owner", new="b"),
                "expandcontract is the schema of the ledger",
            ),
            (
                "no type",
                ec.ChangeType(table="t", column="n", type="numeric("),
                "type 'numeric(' does not exist",
            ),
            (
                "more than a condition",
                ec.AddCheck(table="t", name="k", condition="true) NOT VALID; DROP TABLE t; --"),
                "do not match",
            ),
            (
                "half a condition",
                ec.AddCheck(table="t", name="k", condition="n >"),
                "the condition of k: syntax error",
            ),
            (
                "no condition",
                ec.AddCheck(table="t", name="k", condition="n"),
                "must be type boolean",
            ),
        )
    ),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_change_without_a_safe_plan_is_refused_and_leaves_no_trace(
    case: Refused, dsn: str
) -> None:
    execute(dsn, case.setup)
    start = fingerprint(dsn)

    with pytest.raises(ExpandContractError) as refused:
        ec.apply(dsn, case.change, ec.Phase.EXPAND)

    for words in case.says:
        assert words in str(refused.value)
    assert refused.value.exit_code == 2
    assert_schema(start, dsn)
    assert_nothing_started(dsn)


def test_every_reason_is_given_at_once(dsn: str) -> None:
    execute(dsn, TABLE, "CREATE MATERIALIZED VIEW v AS SELECT a FROM t")
    execute(dsn, "ALTER TABLE t ADD CONSTRAINT x EXCLUDE USING btree (a WITH =)")

    with pytest.raises(ec.ExpandContractError) as refused:
        ec.plan(dsn, RENAME)

    assert str(refused.value).startswith("the rename of public.t.a is not started")
    assert str(refused.value).count("\n  - ") == 2


@pytest.mark.pg(">= 18")
@pytest.mark.parametrize("words", ["NOT VALID", "NO INHERIT"])
def test_a_not_null_with_words_of_its_own_is_refused(dsn: str, words: str) -> None:
    execute(dsn, TABLE, f"ALTER TABLE t ADD CONSTRAINT n NOT NULL a {words}")

    with pytest.raises(ec.ExpandContractError, match="the not null constraint n holds"):
        ec.plan(dsn, RENAME)


@pytest.mark.pg(">= 18")
@pytest.mark.parametrize(
    "change", [RENAME, ec.DropConstraint(table="t", constraint="u")], ids=lambda change: change.kind
)
def test_a_key_of_periods_is_refused(dsn: str, change: Change) -> None:
    """Its index excludes, and cannot be built while the table is in use."""
    columns = "id int PRIMARY KEY, a int4range, during daterange"
    execute(dsn, f"CREATE TABLE t ({columns}, CONSTRAINT u UNIQUE (a, during WITHOUT OVERLAPS))")

    with pytest.raises(ec.ExpandContractError, match=r"u holds|cannot be made again"):
        ec.plan(dsn, change)


@pytest.mark.pg(">= 15")
def test_an_index_that_takes_more_nulls_is_another_one(dsn: str) -> None:
    execute(dsn, TABLE, "CREATE UNIQUE INDEX i ON t (a)")
    columns, name = ("a",), "i"
    wanted = ec.AddIndex(
        table="t", columns=columns, index_name=name, unique=True, nulls_not_distinct=True
    )

    with pytest.raises(ec.ExpandContractError, match="exists already with another definition"):
        ec.plan(dsn, wanted)


def test_planning_writes_nothing(connection: psycopg.Connection, dsn: str) -> None:
    execute(dsn, TABLE)

    ec.plan(dsn, RENAME)

    found = connection.execute("SELECT to_regnamespace('expandcontract') IS NULL").fetchall()
    assert found == [(True,)]
