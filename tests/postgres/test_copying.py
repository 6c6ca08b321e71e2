"""A backfill that writes into another table, of the rows that it is about."""

import psycopg

from expandcontract.model.backfill import Backfill, Chunk, Into
from expandcontract.model.names import TableName
from expandcontract.postgres import copying
from expandcontract.postgres.pieces import Lane
from expandcontract.postgres.session import PsycopgSession, transaction

BACKFILL = Backfill(
    table=TableName("a", "public"),
    key=("id",),
    key_types=("int",),
    assignments=(("v", '"v"'),),
    where="\"v\" <> 'no %'",
    into=Into(table=TableName("b", "public"), match=(("id", '"id"'),)),
)


def test_rows_that_are_not_meant_are_neither_copied_nor_compared(
    connection: psycopg.Connection,
) -> None:
    connection.execute("CREATE TABLE a (id int PRIMARY KEY, v text)")
    connection.execute("CREATE TABLE b (id int PRIMARY KEY, v text)")
    connection.execute("INSERT INTO a VALUES (1, 'x'), (2, 'no %'), (3, 'y'), (4, NULL)")
    session = PsycopgSession(connection, owned=False)
    chunk = Chunk(None, ("9",))

    before = copying.compare(session, Lane(BACKFILL), chunk)
    with transaction(session):
        written = copying.write(session, Lane(BACKFILL), chunk)

    assert before == (2, 2, ("1", "3"))
    assert written == 2
    assert connection.execute("SELECT * FROM b ORDER BY id").fetchall() == [(1, "x"), (3, "y")]
    assert copying.compare(session, Lane(BACKFILL), chunk) == (2, 0, ())
