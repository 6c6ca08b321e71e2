"""Values that become one under a unique index: refused with some rows, before anything is begun."""

import psycopg
import pytest

import expandcontract as ec
from expandcontract.changes.base import Change
from expandcontract.errors import ChangeRefusedError, OffendingRowsError
from expandcontract.model.phase import Phase
from tests.support.asserts import assert_nothing_started
from tests.support.walk import execute, forward, plan

ENUM = """
    CREATE TYPE mood AS ENUM ('a', 'b', 'c', 'd');
    CREATE TABLE t (id int PRIMARY KEY, u int, m mood);
    INSERT INTO t SELECT n, n / 2, CASE WHEN n % 2 = 0 THEN 'c' ELSE 'd' END::mood
    FROM generate_series(1, 300) n;
"""
LONELY = "UPDATE t SET u = NULL; DELETE FROM t WHERE id NOT IN (4, 5);"
MERGED = ec.ReplaceEnum(type="mood", values=("b", "a", "d"), mapping={"c": "d"}, lossy=True)
TEXT = """
    CREATE TABLE t (id int PRIMARY KEY, u int, m text);
    INSERT INTO t SELECT n, n / 2, CASE WHEN n % 2 = 0 THEN 'v' ELSE 'V' END
    FROM generate_series(1, 3) n;
"""
CUT = ec.ChangeType(
    table="t", column="m", type="varchar(9)", up="lower(m)", down="m_new", lossy=True
)
CASES: dict[str, tuple[Change, str, str]] = {
    "enum": (MERGED, f"{ENUM} CREATE UNIQUE INDEX iu ON t (u, m)", "1, d (2 rows: 2 and 3)"),
    "constraint": (
        MERGED,
        f"{ENUM} ALTER TABLE t ADD CONSTRAINT iu UNIQUE (m, u)",
        "d, 1 (2 rows: 2 and 3)",
    ),
    "predicate": (
        MERGED,
        f"{ENUM} CREATE UNIQUE INDEX iu ON t (u) WHERE m = 'c'",
        "1 (2 rows: 2 and 3)",
    ),
    "expression": (
        CUT,
        f"{TEXT} CREATE UNIQUE INDEX iu ON t ((m || 'x'), u)",
        "vx, 1 (2 rows: 2 and 3)",
    ),
    "nulls": (
        ec.ReplaceEnum(type="mood", values=("d",), mapping=dict.fromkeys("abc", "d"), lossy=True),
        ENUM + LONELY + "CREATE UNIQUE INDEX iu ON t (u, m) NULLS NOT DISTINCT",
        "d (2 rows: 4 and 5)",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_rows_that_would_be_one_are_named_by_the_plan(
    dsn: str, connection: psycopg.Connection, name: str
) -> None:
    change, setup, said = CASES[name]
    if name == "nulls" and connection.info.server_version < 150000:
        setup = setup.replace("u, m) NULLS NOT DISTINCT", "coalesce(u, 0), m)")
        said = "0, d (2 rows: 4 and 5)"
    execute(dsn, setup)

    with pytest.raises(ChangeRefusedError) as refused:
        forward(dsn, change, Phase.EXPAND)

    assert "rows would collide under the unique index iu with m_new" in str(refused.value)
    assert said in str(refused.value)
    assert_nothing_started(dsn)


def test_rows_of_one_partition_are_asked_of_it_alone(dsn: str) -> None:
    execute(
        dsn,
        "CREATE TYPE mood AS ENUM ('a', 'b', 'c', 'd')",
        "CREATE TABLE t (id int PRIMARY KEY, u int, m mood) PARTITION BY RANGE (id)",
        'CREATE TABLE "P %s" PARTITION OF t FOR VALUES FROM (0) TO (100)',
        "CREATE TABLE other PARTITION OF t DEFAULT",
        'CREATE UNIQUE INDEX iu ON "P %s" (u, m)',
        "INSERT INTO t VALUES (1, 1, 'c'), (2, 2, 'd'), (200, 1, 'd'), (201, 1, 'c')",
    )
    assert plan(dsn, MERGED).steps
    execute(dsn, "INSERT INTO t VALUES (3, 1, 'd')")

    with pytest.raises(ChangeRefusedError, match=r"1, d \(2 rows: 1 and 3\)"):
        plan(dsn, MERGED)


def test_what_is_one_to_a_type_that_folds_is_found_without_a_loss(dsn: str) -> None:
    """Both values come back as they were, and the collation says that they are equal."""
    execute(
        dsn,
        "CREATE COLLATION folds (provider = icu, locale = 'und-u-ks-level2',"
        " deterministic = false)",
        "CREATE DOMAIN folded AS text COLLATE folds",
        "CREATE TABLE t (id int PRIMARY KEY, m text UNIQUE)",
        "INSERT INTO t VALUES (1, 'a'), (2, 'A'), (3, 'b')",
    )
    change = ec.ChangeType(table="t", column="m", type="folded")

    with pytest.raises(ChangeRefusedError, match=r"\(2 rows: 1 and 2\)"):
        plan(dsn, change)


def test_one_that_comes_later_is_foretold_and_named(
    dsn: str, connection: psycopg.Connection
) -> None:
    execute(dsn, f"{ENUM} UPDATE t SET u = id; CREATE UNIQUE INDEX iu ON t (u, m)")
    said = [note for note in plan(dsn, MERGED).notes if "may become one" in note]
    forward(dsn, MERGED, Phase.EXPAND)
    connection.execute("INSERT INTO t VALUES (1000, 7, 'c')")

    with pytest.raises(OffendingRowsError, match=r"7, d \(2 rows: 1000 and 7\)"):
        ec.apply(dsn, MERGED, Phase.BACKFILL)

    assert len(said) == 1
    connection.execute("DELETE FROM t WHERE id = 1000")
    assert ec.apply(dsn, MERGED, Phase.BACKFILL).state == "backfilled"


def test_nothing_is_said_where_no_two_values_become_one(dsn: str) -> None:
    execute(dsn, f"{ENUM} CREATE UNIQUE INDEX iu ON t (u, m)")
    renamed = ec.ReplaceEnum(type="mood", values=("a", "b", "x", "d"), mapping={"c": "x"})
    wider = ec.ChangeType(table="t", column="u", type="bigint")

    for change in (renamed, wider):
        assert not [note for note in plan(dsn, change).notes if "may become one" in note]
