"""While a change of type comes back from contract, nobody reads a value of the day of contract."""

import psycopg

from expandcontract.changes.change_type import ChangeType
from expandcontract.model.phase import Phase
from tests.support.walk import back, closed, execute, forward, stopped_revert

SETUP = """
    CREATE TABLE t (id int PRIMARY KEY, a int NOT NULL DEFAULT 7 CHECK (a <> 0), b int);
    CREATE INDEX i ON t (a);
    INSERT INTO t SELECT g, g FROM generate_series(1, 5) AS g
"""
CHANGE = ChangeType(
    table="t",
    column="a",
    type="numeric",
    up="coalesce(a, 7)::numeric",
    down="coalesce(a_new, b, 7)::int",
)
READ = "SELECT id, a::text FROM t ORDER BY id"
MOST = 40


def contracted(connection: psycopg.Connection, dsn: str) -> dict[int, str]:
    """Changed, and written since: every value; what the column shows from now on."""
    execute(dsn, SETUP)
    forward(dsn, CHANGE)
    connection.execute("UPDATE t SET a = id + 100")
    connection.execute("INSERT INTO t (id, a) VALUES (6, 106)")
    connection.execute("INSERT INTO t (id) VALUES (7)")
    return {**{id_: str(id_ + 100) for id_ in range(1, 7)}, 7: "7"}


def written(connection: psycopg.Connection, shown: dict[int, str], number: int) -> None:
    """A write to a row that is there, and a row that comes, in whatever state it is."""
    connection.execute("UPDATE t SET a = %s WHERE id = 3", [number])
    connection.execute("INSERT INTO t (id) VALUES (%s)", [number])
    shown.update({3: str(number), number: "7"})


def test_every_value_is_the_last_that_was_written_at_every_moment(
    connection: psycopg.Connection, dsn: str
) -> None:
    shown, stops = contracted(connection, dsn), 0
    connection.prepare_threshold = None
    while stopped_revert(dsn, CHANGE, Phase.CONTRACT, 1):
        assert dict(connection.execute(READ).fetchall()) == shown
        stops += 1
        written(connection, shown, 1000 + stops)
        assert dict(connection.execute(READ).fetchall()) == shown
        assert stops < MOST
    back(dsn, CHANGE, Phase.SWITCH, Phase.BACKFILL, Phase.EXPAND)

    assert dict(connection.execute(READ).fetchall()) == shown
    assert stops > 5


def test_who_turns_round_on_the_way_back_is_contracted_again(
    connection: psycopg.Connection, dsn: str
) -> None:
    shown = contracted(connection, dsn)
    connection.prepare_threshold = None
    assert stopped_revert(dsn, CHANGE, Phase.CONTRACT, 3)
    forward(dsn, CHANGE, Phase.CONTRACT)
    written(connection, shown, 1000)
    assert dict(connection.execute(READ).fetchall()) == shown

    back(dsn, CHANGE, Phase.CONTRACT)
    written(connection, shown, 1001)
    assert dict(connection.execute(READ).fetchall()) == shown
    forward(dsn, CHANGE, Phase.CONTRACT)
    closed(dsn, CHANGE)
    written(connection, shown, 1002)
    assert dict(connection.execute(READ).fetchall()) == shown
    ours = "SELECT FROM pg_trigger WHERE tgrelid = 't'::regclass AND NOT tgisinternal"
    assert connection.execute(ours).fetchall() == []
