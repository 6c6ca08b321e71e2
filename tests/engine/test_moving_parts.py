"""Partitions that come, go and are filled by somebody else while a change is open."""

import psycopg
import pytest

import expandcontract as ec
from expandcontract.changes.base import Change
from expandcontract.errors import DriftError, ExpandContractError
from expandcontract.model.phase import Phase
from tests.engine.part_cases import CHILDREN, PARTED
from tests.support.fingerprint import fingerprint
from tests.support.walk import back, execute, forward, plan

RENAME = ec.RenameColumn(table="t", old="a", new="z")
RETYPE = ec.ChangeType(table="t", column="b", type="bigint")
INDEX = ec.AddIndex(table="t", columns=("a",))
HUNG = "CREATE INDEX low ON t (lower(a)); CREATE INDEX own ON t_old (a); ANALYZE t;"
COME = (
    "CREATE TABLE t_new PARTITION OF t FOR VALUES FROM (100) TO (200);"
    "INSERT INTO t SELECT g, g, 'n' || g, g FROM generate_series(150, 155) AS g;"
)
OLD_DROPPED = "DROP TABLE t_old;"


def asked(dsn: str, sql: str) -> list[tuple[object, ...]]:
    with psycopg.connect(dsn, autocommit=True) as connection:
        found = connection.execute(sql.encode()).fetchall()
    connection.close()
    return found


UNIQUE = "ALTER TABLE t ADD CONSTRAINT u UNIQUE (id, day, a);"
HELD = """
    SELECT count(*) FROM pg_partition_tree('t') AS p JOIN pg_constraint AS k ON k.conrelid = p.relid
    JOIN pg_index AS i ON i.indexrelid = k.conindid
    WHERE k.contype = 'u' AND i.indisvalid
"""


def test_a_unique_constraint_comes_back_on_partitions_that_came_later(dsn: str) -> None:
    execute(dsn, PARTED + UNIQUE)
    start = asked(dsn, HELD)
    change = ec.DropConstraint(table="t", constraint="u")

    forward(dsn, change)
    assert asked(dsn, HELD) == [(0,)]
    execute(dsn, COME, "CREATE TABLE t_later PARTITION OF t FOR VALUES FROM (200) TO (300)")
    back(dsn, change, Phase.EXPAND)

    assert start == [(6,)]
    assert asked(dsn, HELD) == [(8,)]


def leftovers(dsn: str) -> list[str]:
    return [name for name in fingerprint(dsn) if "zz_ec" in name]


@pytest.mark.parametrize("change", [RENAME, RETYPE], ids=lambda c: c.kind)
def test_partitions_come_and_go_in_every_phase(change: Change, dsn: str) -> None:
    execute(dsn, PARTED + HUNG)

    forward(dsn, change, Phase.EXPAND)
    execute(dsn, COME)
    forward(dsn, change, Phase.BACKFILL)
    execute(dsn, OLD_DROPPED)
    forward(dsn, change, Phase.SWITCH)
    execute(dsn, "CREATE TABLE t_later PARTITION OF t FOR VALUES FROM (200) TO (300)")
    forward(dsn, change, Phase.CONTRACT)
    assert leftovers(dsn) == [] or change is RETYPE
    column = "z" if change is RENAME else "a"
    assert asked(dsn, f"SELECT {column}, b FROM t WHERE id IN (8, 150) ORDER BY id") == [
        ("v8", 8),
        ("n150", 150),
    ]

    execute(dsn, "DROP TABLE t_later")
    back(dsn, change, *reversed(Phase))
    assert leftovers(dsn) == []
    assert asked(dsn, "SELECT a, b FROM t WHERE id = 150") == [("n150", 150)]
    assert asked(dsn, "SELECT count(*) FROM t") == [(13,)]


def test_an_index_goes_on_where_it_was_stopped(dsn: str) -> None:
    execute(dsn, PARTED)
    steps = plan(dsn, INDEX).steps
    for step in steps[:3]:
        for statement in step.statements:
            execute(dsn, statement.sql)
    execute(dsn, COME, OLD_DROPPED)

    forward(dsn, INDEX)
    [(valid, parts)] = asked(
        dsn,
        "SELECT indisvalid, (SELECT count(*) FROM pg_partition_tree('ix_t_a') WHERE isleaf)"
        " FROM pg_index WHERE indexrelid = 'ix_t_a'::regclass",
    )
    assert (valid, parts) == (True, 4)


def test_rows_that_no_trigger_saw_keep_contract_from_losing_them(dsn: str) -> None:
    execute(dsn, PARTED)
    forward(dsn, RENAME, Phase.EXPAND, Phase.BACKFILL, Phase.SWITCH)
    execute(
        dsn,
        "CREATE TABLE t_filled (LIKE t); INSERT INTO t_filled (id, day, a) VALUES (150, 150, 'x');"
        "ALTER TABLE t ATTACH PARTITION t_filled FOR VALUES FROM (100) TO (200)",
    )

    with pytest.raises(ExpandContractError, match="150"):
        forward(dsn, RENAME, Phase.CONTRACT)
    forward(dsn, RENAME)
    assert asked(dsn, "SELECT z FROM t WHERE id = 150") == [("x",)]


def test_a_child_without_triggers_is_told_before_the_next_phase(dsn: str) -> None:
    execute(dsn, CHILDREN)
    forward(dsn, RENAME, Phase.EXPAND)
    execute(dsn, "CREATE TABLE t_more (PRIMARY KEY (id)) INHERITS (t)")

    with pytest.raises(DriftError, match="twin"):
        forward(dsn, RENAME, Phase.BACKFILL)
    execute(dsn, "DROP TABLE t_more")
    forward(dsn, RENAME)


def test_a_row_that_moves_to_another_partition_keeps_both_sides(dsn: str) -> None:
    execute(dsn, PARTED)
    forward(dsn, RENAME, Phase.EXPAND)
    execute(dsn, "UPDATE t SET day = 200 WHERE id = 1; UPDATE t SET day = 5, z = 'q' WHERE id = 2")
    forward(dsn, RENAME, Phase.BACKFILL, Phase.SWITCH)
    execute(dsn, "UPDATE t SET day = 201 WHERE id = 3; UPDATE t SET day = 1, a = 'p' WHERE id = 9")

    assert asked(dsn, "SELECT id, a, z FROM t WHERE id IN (1, 2, 3, 9) ORDER BY id") == [
        (1, "v1", "v1"),
        (2, "q", "q"),
        (3, "v3", "v3"),
        (9, "p", "p"),
    ]
    conflicts = plan_counter(dsn)
    assert asked(dsn, f"SELECT is_called FROM expandcontract.{conflicts}") == [(False,)]


def plan_counter(dsn: str) -> str:
    [(name,)] = asked(
        dsn, "SELECT relname::text FROM pg_class WHERE relname LIKE 'zz%conflicts' LIMIT 1"
    )
    return str(name)
