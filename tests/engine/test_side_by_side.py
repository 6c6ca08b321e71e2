"""Two changes of one table at once: what one fills is what the other one holds, or reads."""

import psycopg
import pytest

import expandcontract as ec
from expandcontract.changes.base import Change
from expandcontract.errors import ClaimedError
from expandcontract.model.phase import Phase
from tests.support.fingerprint import rows
from tests.support.walk import execute, forward

E, B, S, C = Phase
COLUMNS = "CREATE TABLE t (id int PRIMARY KEY, a text, b int)"
PARTED = f"{COLUMNS} PARTITION BY RANGE (id); CREATE TABLE t_rest PARTITION OF t DEFAULT;"
CHILDREN = f"{COLUMNS}; CREATE TABLE t_one (PRIMARY KEY (id)) INHERITS (t);"
EVERY_OTHER_NULL = "SELECT g, CASE mod(g, 2) WHEN 0 THEN 'v' || g END, g"
FEW = f"INSERT INTO %s {EVERY_OTHER_NULL} FROM generate_series(1, 10) AS g;"


def test_what_is_derived_follows_the_backfill_of_another_change(dsn: str) -> None:
    """A copy lets the application's triggers sleep; ours are awake, on later partitions too."""
    execute(dsn, PARTED, FEW % "t")
    derived = ec.DeriveColumn(table="t", column="n", type="text", up="coalesce(upper(a), '?')")
    forward(dsn, derived, E, B, S)
    later = "CREATE TABLE t_later PARTITION OF t FOR VALUES FROM (100) TO (200);"
    execute(dsn, later, "INSERT INTO t VALUES (100)")
    assert [row for row in rows(dsn, "t") if "?" in row] != []

    forward(dsn, ec.SetNotNull(table="t", column="a", fill="'none'"))

    assert [row for row in rows(dsn, "t") if "?" in row] == []
    forward(dsn, derived, C)


def test_a_row_with_a_null_is_filled_by_whatever_copy_comes_first(dsn: str) -> None:
    """A check refuses a row that breaks it at every write: none comes to quarantine for that."""
    execute(dsn, CHILDREN, FEW % "t_one")
    required = ec.SetNotNull(table="t", column="a", fill="'none'")
    forward(dsn, required, E)

    forward(dsn, ec.RenameColumn(table="t", old="b", new="z"), E, B)

    assert len([row for row in rows(dsn, "t") if "none" in row]) == 5
    forward(dsn, required)


SHARED = """
    CREATE TABLE t (id int PRIMARY KEY, a int, b int, c int, CONSTRAINT k CHECK (a <= b));
    CREATE INDEX ab ON t (a, b); CREATE INDEX ac ON t (a, c);
    INSERT INTO t SELECT g, g, g, g FROM generate_series(1, 10) AS g;
"""
FIRST, SECOND = (ec.RenameColumn(table="t", old=old, new=f"{old}2") for old in ("a", "b"))


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (SECOND, "public.t.constraint k"),
        (ec.ChangeType(table="t", column="b", type="bigint"), "public.t.index ab"),
        (
            ec.MergeColumns(
                table="t",
                old=("b",),
                new="z",
                type="int",
                up="b",
                leave=("index ab", "constraint k"),
            ),
            "index ab",
        ),
        (ec.DropColumn(table="t", column="b", also=("k", "ab")), "public.t.constraint k"),
        (ec.ExtractTable(table="t", columns=("c",), to="cs", leaves=("ac",)), "index ac"),
        (ec.ReplaceIndex(table="t", index_name="ab", columns=("b", "a")), "index ab"),
        (ec.DropConstraint(table="t", constraint="k"), "public.t.constraint k"),
    ],
    ids=lambda value: getattr(value, "kind", ""),
)
def test_what_two_columns_share_belongs_to_one_change(dsn: str, change: Change, what: str) -> None:
    """Each would bring back the definition that it knows."""
    execute(dsn, SHARED)
    forward(dsn, FIRST, E, B)

    with pytest.raises(ClaimedError, match=rf"{what} belongs to t\.a-to-a2"):
        forward(dsn, change, E)


def test_the_second_follows_the_first(dsn: str, connection: psycopg.Connection) -> None:
    execute(dsn, SHARED)
    forward(dsn, FIRST, E)
    with pytest.raises(ClaimedError):
        forward(dsn, SECOND, E)

    forward(dsn, FIRST, B, S, C)
    forward(dsn, SECOND)

    found = connection.execute(
        "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'k'"
        " UNION ALL SELECT pg_get_indexdef('ab'::regclass)"
    ).fetchall()
    assert found == [
        ("CHECK ((a2 <= b2))",),
        ("CREATE INDEX ab ON public.t USING btree (a2, b2)",),
    ]
