"""A copy that the server would not allow is refused before it is begun, in the server's words."""

import psycopg
import pytest

import expandcontract as ec
from expandcontract.changes.base import Change
from expandcontract.changes.fill_column import FillColumn
from expandcontract.errors import ChangeRefusedError
from expandcontract.model.phase import Phase
from tests.support.asserts import assert_nothing_started
from tests.support.walk import execute, plan

T = '"S %s"."T "" %s"'
SETUP = f"""
    CREATE SCHEMA "S %s";
    CREATE TABLE {T} (g int GENERATED ALWAYS AS (u + 1) STORED, u int UNIQUE NOT NULL, a text);
    INSERT INTO {T} (u, a) SELECT n, 'a' FROM generate_series(1, 5) n;
    CREATE PUBLICATION p FOR TABLE {T};
"""
PARTED = """
    CREATE TABLE t (u int UNIQUE NOT NULL, a text) PARTITION BY RANGE (u);
    CREATE TABLE "P %s" PARTITION OF t DEFAULT;
    INSERT INTO t VALUES (1, 'a');
    CREATE PUBLICATION p FOR TABLE t WITH (publish_via_partition_root);
"""
SAYS = (
    "does not have a replica identity and publishes updates: "
    "To enable updating the table, set REPLICA IDENTITY using ALTER TABLE"
)
FILL = FillColumn(table=T, assignments=("a = 'x'",))
KINDS: tuple[Change, ...] = (
    ec.RenameColumn(table=T, old="a", new="b"),
    ec.ChangeType(table=T, column="a", type="varchar(9)", up="left(a, 9)", lossy=True),
    ec.SetNotNull(table=T, column="a", fill="'x'"),
    FILL,
)


def test_a_published_table_without_an_identity_is_refused(dsn: str) -> None:
    execute(dsn, SETUP)

    for change in KINDS:
        with pytest.raises(ChangeRefusedError) as refused:
            plan(dsn, change)
        assert refused.value.reasons == (f'cannot update table "T " %s" because it {SAYS}',)
        with pytest.raises(ChangeRefusedError):
            ec.apply(dsn, change, Phase.EXPAND)
    with pytest.raises(ChangeRefusedError):
        ec.backfill(dsn, FILL)
    assert_nothing_started(dsn)


@pytest.mark.parametrize(
    "mended",
    [
        f"ALTER TABLE {T} DROP COLUMN g, REPLICA IDENTITY FULL",
        f'ALTER TABLE {T} REPLICA IDENTITY USING INDEX "T "" %s_u_key"',
        "ALTER PUBLICATION p SET (publish = 'insert, delete')",
        f"ALTER TABLE {T} SET UNLOGGED",
        f"ALTER PUBLICATION p DROP TABLE {T}",
    ],
)
def test_it_is_planned_once_it_is_mended(dsn: str, mended: str) -> None:
    execute(dsn, SETUP)
    with psycopg.connect(dsn, autocommit=True) as connection:
        if "UNLOGGED" in mended:
            connection.execute(f"ALTER PUBLICATION p DROP TABLE {T}".encode())
        connection.execute(mended.encode())
    connection.close()

    assert plan(dsn, KINDS[0]).steps


def test_a_partition_is_asked_for_itself(dsn: str) -> None:
    execute(dsn, PARTED)

    with pytest.raises(ChangeRefusedError, match='cannot update table "P %s"'):
        plan(dsn, ec.RenameColumn(table="t", old="a", new="b"))


def test_what_writes_no_row_of_it_is_planned(dsn: str) -> None:
    execute(dsn, SETUP)

    assert plan(dsn, ec.AddIndex(table=T, columns=("a",), index_name="i")).steps


def test_a_lock_that_is_taken_is_no_objection(dsn: str, connection: psycopg.Connection) -> None:
    execute(dsn, SETUP)
    connection.autocommit = False
    connection.execute(f"LOCK TABLE {T} IN SHARE MODE".encode())

    assert plan(dsn, KINDS[0]).steps


def test_a_change_that_was_begun_is_planned_as_it_was(dsn: str) -> None:
    execute(dsn, "CREATE TABLE t (id int PRIMARY KEY, a text)")
    change = ec.RenameColumn(table="t", old="a", new="b")
    first = ec.plan(dsn, change)
    ec.apply(dsn, change, Phase.EXPAND)

    assert ec.plan(dsn, change) == first
    other = ec.RenameColumn(table="t", old="a", new="c", name=change.name)
    with pytest.raises(ec.ExpandContractError, match="was started with another definition"):
        ec.plan(dsn, other)
    ec.revert(dsn, change, Phase.EXPAND)
    assert ec.plan(dsn, other) != first
