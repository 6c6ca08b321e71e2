"""What keeps a column from passing to another table is listed before anything is done."""

import pytest

from expandcontract.changes.base import Change
from expandcontract.changes.extract_table import ExtractTable
from expandcontract.changes.move_column import MoveColumn
from expandcontract.changes.partition_table import PartitionTable
from expandcontract.errors import ChangeRefusedError
from expandcontract.model.phase import Phase
from tests.support.asserts import assert_nothing_started
from tests.support.walk import execute, forward

EXTRACT = ExtractTable(table="t", columns=("a",), to="side")
MOVE = MoveColumn(table="t", column="a", to="side", key=("t_id",))
PART = PartitionTable(table="t", method="list", columns=("id",), partitions=("rest DEFAULT",))
T = "CREATE TABLE t (id int PRIMARY KEY, a text);"
CASES: list[tuple[Change, str, str]] = [
    (EXTRACT, "CREATE TABLE t (id int, a text)", "no primary key"),
    (EXTRACT, "CREATE TABLE t (id int PRIMARY KEY, a text NOT NULL)", "is NOT NULL"),
    (EXTRACT, f"{T} CREATE VIEW v AS SELECT a FROM t", "view public.v depends"),
    (EXTRACT, f"{T} CREATE INDEX i ON t (lower(a))", r"leaves=\('i',\)"),
    (EXTRACT, "CREATE TABLE t (id int PRIMARY KEY, a text UNIQUE)", "the unique constraint"),
    (EXTRACT, "CREATE TABLE t (id int PRIMARY KEY, a serial)", "sequence of its own"),
    (EXTRACT, "CREATE TABLE t (id int PRIMARY KEY, a int REFERENCES t)", "foreign key"),
    (EXTRACT, f"{T} GRANT SELECT (a) ON t TO PUBLIC", "privileges of its own"),
    (EXTRACT, f"{T} ALTER TABLE t ENABLE ROW LEVEL SECURITY", "row security"),
    (MOVE, f"{T} CREATE TABLE side (t_id int, id int PRIMARY KEY)", "no unique index"),
    (MOVE, f"{T} CREATE TABLE side (t_id bigint PRIMARY KEY)", "give both one type"),
    (MOVE, f"{T} CREATE TABLE side (t_id int PRIMARY KEY, b int NOT NULL)", "without a default"),
    (MOVE, f"{T} CREATE TABLE side (t_id int PRIMARY KEY, a int)", "exists already"),
    (PART, "CREATE TABLE t (a int PRIMARY KEY, id int)", "does not hold"),
    (PART, f"{T} CREATE TABLE c (id int PRIMARY KEY, t int REFERENCES t)", "refers to public.t"),
    (PART, f"{T} CREATE VIEW v AS SELECT a FROM t", "view public.v would stay"),
    (PART, f"{T} CREATE PUBLICATION p FOR TABLE t", "is published"),
]


@pytest.mark.parametrize(
    ("change", "setup", "reason"), CASES, ids=[f"{c.kind} {reason}" for c, _, reason in CASES]
)
def test_it_is_refused_with_its_reason(dsn: str, change: Change, setup: str, reason: str) -> None:
    execute(dsn, setup)

    with pytest.raises(ChangeRefusedError, match=reason):
        forward(dsn, change, Phase.EXPAND)
    assert_nothing_started(dsn)


@pytest.mark.parametrize(
    ("method", "partitions", "reason"),
    [
        ("range", ("p FOR VALUES FROM (1) TO (9)",), "add a default partition"),
        ("hash", ("p FOR VALUES WITH (MODULUS 2, REMAINDER 0)",), "not every remainder"),
        ("list", ("p VALUES 1", "rest DEFAULT"), "is not understood"),
        ("lists", ("rest DEFAULT",), "is no method"),
    ],
)
def test_a_parting_that_leaves_rows_without_a_partition_is_refused_when_it_is_written(
    method: str, partitions: tuple[str, ...], reason: str
) -> None:
    with pytest.raises(ChangeRefusedError, match=reason):
        PartitionTable(table="t", method=method, columns=("id",), partitions=partitions)
