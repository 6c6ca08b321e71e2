"""What contract does to statements by position, and to prepared ones, is said by the plan."""

import psycopg
import pytest

import expandcontract as ec
from expandcontract.changes.base import Change
from tests.support.walk import execute, forward, plan

SETUP = """
    CREATE TYPE mood AS ENUM ('sad', 'ok');
    CREATE TABLE t (id int PRIMARY KEY, a int, m mood, b int);
    CREATE TABLE other (t_id int PRIMARY KEY REFERENCES t);
"""
VALUES = ec.ReplaceEnum(type="mood", values=("ok",), mapping={"sad": "ok"}, lossy=True)
MOVING: list[Change] = [
    ec.RenameColumn(table="t", old="a", new="z"),
    ec.ChangeType(table="t", column="a", type="bigint"),
    ec.DropColumn(table="t", column="a"),
    ec.MoveColumn(table="t", column="a", to="other", key=("t_id",)),
    ec.ExtractTable(table="t", columns=("a",), to="more"),
    ec.WidenPrimaryKey(table="t", column="id"),
    VALUES,
]
STAYING: list[Change] = [
    ec.AddColumn(table="t", column=ec.NewColumn(name="z", type="int")),
    ec.DeriveColumn(table="t", column="z", type="int", up="a + 1"),
    ec.SetNotNull(table="t", column="a"),
]


@pytest.mark.parametrize("change", [*MOVING, *STAYING], ids=lambda change: change.kind)
def test_a_plan_says_whose_columns_stand_in_another_order(dsn: str, change: Change) -> None:
    execute(dsn, SETUP)

    said = [note for note in plan(dsn, change).notes if "another order" in note]

    assert len(said) == (1 if change in MOVING else 0)
    assert all("t" in note and "name the columns first" in note for note in said)


def test_the_second_place_is_another_columns_after_contract(
    dsn: str, connection: psycopg.Connection
) -> None:
    execute(dsn, SETUP)
    forward(dsn, MOVING[0])

    connection.execute("INSERT INTO t VALUES (1, 'ok', 3, 4)")

    assert connection.execute("SELECT b, z FROM t").fetchall() == [(3, 4)]


def test_a_prepared_statement_of_an_exchanged_enum_fails_until_it_is_prepared_anew(
    dsn: str, connection: psycopg.Connection
) -> None:
    execute(dsn, SETUP)
    [said] = [note for note in plan(dsn, VALUES).notes if "takes or returns" in note]
    assert "DEALLOCATE ALL" in said
    forward(dsn, VALUES, ec.Phase.EXPAND, ec.Phase.BACKFILL, ec.Phase.SWITCH)
    insert = "INSERT INTO t (id, m) VALUES (%s, 'ok'), (%s, %s)"
    connection.execute(insert, (1, 2, "ok"), prepare=True)
    forward(dsn, VALUES, ec.Phase.CONTRACT)

    for _ in range(2):
        with pytest.raises(psycopg.errors.DatatypeMismatch):
            connection.execute(insert, (3, 4, "ok"))
    connection.execute("DISCARD PLANS")
    with pytest.raises(psycopg.errors.DatatypeMismatch):
        connection.execute(insert, (3, 4, "ok"))
    connection.execute("DEALLOCATE ALL")
    connection.execute(insert, (3, 4, "ok"))

    assert connection.execute("SELECT count(*) FROM t").fetchall() == [(4,)]
