"""What keeps a column from passing to another table is listed before anything is done."""

import pytest

from expandcontract.changes.base import Change
from expandcontract.changes.extract_table import ExtractTable
from expandcontract.changes.move_column import MoveColumn
from expandcontract.changes.partition_table import PartitionTable
from expandcontract.changes.rename_table import RenameTable
from expandcontract.errors import ChangeRefusedError
from expandcontract.model.phase import Phase
from tests.support.asserts import assert_nothing_started
from tests.support.walk import execute, forward

EXTRACT = ExtractTable(table="t", columns=("a",), to="side")
MOVE = MoveColumn(table="t", column="a", to="side", key=("t_id",))
PART = PartitionTable(table="t", method="list", columns=("id",), partitions=("rest DEFAULT",))
T = "CREATE TABLE t (id int PRIMARY KEY, a text);"
WIDER = "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO pg_monitor"
# As a type of an extension: equal to it is what its own operator says.
OWN_EQUALITY = """
    CREATE TYPE own AS (name text);
    CREATE FUNCTION same(own, own) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT
        AS 'SELECT lower($1.name) = lower($2.name)';
    CREATE FUNCTION less(own, own) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT
        AS 'SELECT lower($1.name) < lower($2.name)';
    CREATE FUNCTION sorted(own, own) RETURNS int LANGUAGE sql IMMUTABLE STRICT
        AS 'SELECT CASE WHEN less($1, $2) THEN -1 WHEN same($1, $2) THEN 0 ELSE 1 END';
    CREATE OPERATOR = (LEFTARG = own, RIGHTARG = own, FUNCTION = same);
    CREATE OPERATOR < (LEFTARG = own, RIGHTARG = own, FUNCTION = less);
    CREATE OPERATOR CLASS own_ops DEFAULT FOR TYPE own USING btree AS
        OPERATOR 1 <, OPERATOR 3 =, FUNCTION 1 sorted(own, own);
"""
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
    (MOVE, f"{T} CREATE TABLE side (id int PRIMARY KEY, t_id int UNIQUE DEFERRABLE)", "no unique"),
    (MOVE, f"{T} CREATE TABLE side (t_id bigint PRIMARY KEY)", "give both one type"),
    (MOVE, f"{T} CREATE TABLE side (t_id int PRIMARY KEY, b int NOT NULL)", "without a default"),
    (MOVE, f"{T} CREATE TABLE side (t_id int PRIMARY KEY, a int)", "exists already"),
    (PART, "CREATE TABLE t (a int PRIMARY KEY, id int)", "does not hold"),
    (PART, f"{T} CREATE TABLE c (id int PRIMARY KEY, t int REFERENCES t)", "refers to public.t"),
    (PART, f"{T} CREATE VIEW v AS SELECT a FROM t", "view public.v would stay"),
    (PART, f"{T} CREATE PUBLICATION p FOR TABLE t", "is published"),
    (EXTRACT, f"{T} CREATE TABLE side (id int PRIMARY KEY, a text)", "a table has it already"),
    (
        EXTRACT,
        "CREATE TABLE t (id bit(8) PRIMARY KEY, a text)",
        "could not identify .* for type bit",
    ),
    (EXTRACT, f"{OWN_EQUALITY} CREATE TABLE t (id own PRIMARY KEY, a text)", "operator of public"),
    (PART, f"{OWN_EQUALITY} CREATE TABLE t (id own PRIMARY KEY, a text)", "operator of public"),
    (PART, f"{T} CREATE RULE r AS ON DELETE TO t DO INSTEAD NOTHING", "rule r on table"),
    (PART, f"{T} CREATE VIEW v AS SELECT count(*) FROM t", "view public.v"),
    (
        PART,
        f"{T} CREATE FUNCTION f() RETURNS SETOF t LANGUAGE sql AS 'TABLE t'",
        r"function .*f\(\)",
    ),
    (PART, "CREATE UNLOGGED TABLE t (id int PRIMARY KEY, a text)", "UNLOGGED"),
    (PART, f"{T} ALTER TABLE t REPLICA IDENTITY FULL", "REPLICA IDENTITY FULL"),
    (EXTRACT, f"{T} {WIDER}", "SELECT for pg_monitor"),
    (PART, f"{T} {WIDER}", "SELECT for pg_monitor"),
    (RenameTable(old="t", new="z"), f"{T} {WIDER}", "SELECT for pg_monitor"),
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
