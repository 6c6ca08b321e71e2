"""What the triggers between two tables do with every kind of write, and with two at once."""

import threading
import time
from collections.abc import Callable

import psycopg
import pytest

from expandcontract.ddl import crossing
from expandcontract.ddl.crossed import Crossing, Pair
from expandcontract.model.names import TableName

Connect = Callable[..., psycopg.Connection]
SETUP = """
    CREATE SCHEMA expandcontract;
    CREATE TABLE users (id int PRIMARY KEY, a text, b text, n int);
    CREATE TABLE side (user_id int PRIMARY KEY, a text, b text);
"""
BOTH = """
    SELECT id, u.a, u.b, p.a, p.b, p.user_id IS NOT NULL FROM users u
    LEFT JOIN side p ON p.user_id = id ORDER BY id
"""


def made(*, owns_rows: bool = True) -> Crossing:
    return Crossing(
        source=TableName("users", "public"),
        target=TableName("side", "public"),
        key="abcdef0123",
        match=(("id", "user_id"),),
        pairs=(Pair(source="a", target="a"), Pair(source="b", target="b")),
        owns_rows=owns_rows,
    )


@pytest.fixture
def synced(connection: psycopg.Connection, each_major: int) -> psycopg.Connection:
    assert each_major
    connection.execute(SETUP)
    for statement in crossing.create(made(), new_leads=False):
        connection.execute(statement.sql.encode())
    return connection


@pytest.mark.parametrize(
    ("writes", "both"),
    [
        ("INSERT INTO users VALUES (1, 'x')", [(1, "x", None, "x", None, True)]),
        ("INSERT INTO users VALUES (1)", [(1, None, None, None, None, False)]),
        (
            "INSERT INTO users VALUES (1, 'x'); UPDATE users SET b = 'y'",
            [(1, "x", "y", "x", "y", True)],
        ),
        (
            "INSERT INTO users VALUES (1); UPDATE users SET b = 'y'",
            [(1, None, "y", None, "y", True)],
        ),
        (
            "INSERT INTO users VALUES (1); INSERT INTO side VALUES (1, 'x')",
            [(1, "x", None, "x", None, True)],
        ),
        (
            "INSERT INTO users VALUES (1, 'x'); UPDATE side SET b = 'y'",
            [(1, "x", "y", "x", "y", True)],
        ),
        (
            "INSERT INTO users VALUES (1, 'x'); UPDATE side SET a = NULL",
            [(1, None, None, None, None, True)],
        ),
        (
            (
                "INSERT INTO users VALUES (1, 'x', 'y');"
                "INSERT INTO side VALUES (1, 'z') ON CONFLICT (user_id)"
                " DO UPDATE SET a = excluded.a"
            ),
            [(1, "z", "y", "z", "y", True)],
        ),
        (
            (
                "INSERT INTO users VALUES (1, 'x');"
                "INSERT INTO side VALUES (1, 'z') ON CONFLICT DO NOTHING"
            ),
            [(1, "x", None, "x", None, True)],
        ),
        (
            "INSERT INTO users VALUES (1, 'x'); DELETE FROM side",
            [(1, None, None, None, None, False)],
        ),
        (
            "INSERT INTO users VALUES (1, 'x'); UPDATE users SET id = 2",
            [(2, "x", None, "x", None, True)],
        ),
        (
            "INSERT INTO users VALUES (1, 'x'), (2, NULL); UPDATE side SET user_id = 2",
            [(1, None, None, None, None, False), (2, "x", None, "x", None, True)],
        ),
        ("INSERT INTO users VALUES (1, 'x'); DELETE FROM users", []),
        ("INSERT INTO users VALUES (1, 'x'); TRUNCATE users", []),
        (
            (
                "BEGIN; INSERT INTO users VALUES (1); INSERT INTO side VALUES (1, 'x');"
                "UPDATE users SET b = 'y'; COMMIT"
            ),
            [(1, "x", "y", "x", "y", True)],
        ),
    ],
)
def test_both_tables_have_the_same(
    synced: psycopg.Connection, writes: str, both: list[tuple[object, ...]]
) -> None:
    connection = synced
    for write in writes.split(";"):
        connection.execute(write.encode())

    assert connection.execute(BOTH).fetchall() == both
    orphans = "SELECT FROM side WHERE user_id NOT IN (SELECT id FROM users)"
    assert connection.execute(orphans).fetchall() == []


def test_two_who_write_one_row_from_both_sides_do_not_wait_for_each_other(
    synced: psycopg.Connection, connect: Connect
) -> None:
    """One holds the source's row and wants the target's, the other the other way round."""
    connection, old, new = synced, connect(autocommit=False), connect()
    connection.execute("INSERT INTO users VALUES (1, 'x', 'x')")
    for one in (old, new):  # nobody is saved by the server's search for deadlocks
        one.execute("SET deadlock_timeout = '1min'")
        one.execute("SET statement_timeout = '30s'")
    old.execute("SELECT FROM users FOR UPDATE")
    errors: list[psycopg.Error] = []

    def write() -> None:
        try:
            new.execute("UPDATE side SET a = 'new'")
        except psycopg.Error as error:
            errors.append(error)

    writer = threading.Thread(target=write)
    writer.start()
    waits = "SELECT FROM pg_stat_activity WHERE pid = %s AND wait_event_type = 'Lock'"
    while not connection.execute(waits, [new.info.backend_pid]).fetchall():
        time.sleep(0.01)
    old.execute("UPDATE users SET b = 'old'")
    old.execute("UPDATE users SET a = 'old'")
    old.commit()
    writer.join()

    assert errors == []
    assert connection.execute(BOTH).fetchall() == [(1, "new", "old", "new", "old", True)]


def test_a_row_that_another_holds_for_a_while_is_waited_for(
    synced: psycopg.Connection, connect: Connect
) -> None:
    connection, holder, old = synced, connect(autocommit=False), connect()
    connection.execute("INSERT INTO users VALUES (1, 'x')")
    holder.execute("SELECT FROM side FOR UPDATE")
    writer = threading.Thread(target=lambda: old.execute("UPDATE users SET a = 'y'"))
    writer.start()
    writer.join(0.3)
    assert writer.is_alive()
    holder.rollback()
    writer.join()

    assert connection.execute(BOTH).fetchall() == [(1, "y", None, "y", None, True)]


def test_rows_that_have_more_than_the_moved_column_stay(connection: psycopg.Connection) -> None:
    connection.execute(SETUP)
    for statement in crossing.create(made(owns_rows=False), new_leads=False):
        connection.execute(statement.sql.encode())
    connection.execute("INSERT INTO users VALUES (1, 'x'), (2, 'y'), (3, 'z')")
    connection.execute("DELETE FROM users WHERE id = 1")
    connection.execute("UPDATE users SET id = 4 WHERE id = 2")

    rows = connection.execute("SELECT user_id, a FROM side ORDER BY 1").fetchall()
    assert rows == [(1, None), (2, None), (3, "z"), (4, "y")]
