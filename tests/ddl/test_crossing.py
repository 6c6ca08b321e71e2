"""What the triggers between two tables do with every kind of write, and with two at once."""

import threading
import time
from collections.abc import Callable

import psycopg
import pytest

from expandcontract.ddl import crossing
from expandcontract.ddl.crossed import Crossing, Pair
from expandcontract.ddl.crossing_waits import WAITS_FOR
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


class Other(threading.Thread):
    """A statement that another session runs meanwhile, and the error that it meets."""

    def __init__(self, session: psycopg.Connection, sql: str) -> None:
        super().__init__(daemon=True)
        self.session, self.sql = session, sql
        self.error: psycopg.Error | None = None
        self.start()

    def run(self) -> None:
        try:
            self.session.execute(self.sql.encode())
        except psycopg.Error as error:
            self.error = error

    def ended(self) -> psycopg.Error | None:
        """What it met, when it has ended."""
        self.join(30)
        assert not self.is_alive()
        return self.error


def waits(connection: psycopg.Connection, session: psycopg.Connection, kind: str) -> None:
    """Until the session waits: for a lock, or (as one who looks does) asleep."""
    query = "SELECT FROM pg_stat_activity WHERE pid = %s AND wait_event_type = %s"
    until = time.monotonic() + 30
    while not connection.execute(query, [session.info.backend_pid, kind]).fetchall():
        assert time.monotonic() < until
        time.sleep(0.01)


def searches(connection: psycopg.Connection, session: psycopg.Connection) -> None:
    """Until the session has looked for so long that it shows for whom it waits."""
    query = "SELECT FROM pg_locks WHERE pid = %s AND locktype = 'advisory' AND classid = %s"
    until = time.monotonic() + 30
    while not connection.execute(query, [session.info.backend_pid, WAITS_FOR]).fetchall():
        assert time.monotonic() < until
        time.sleep(0.01)


@pytest.mark.parametrize(
    ("held", "written", "by_old", "both"),
    [
        (
            "SELECT FROM users FOR UPDATE",
            "UPDATE side SET a = 'new'",
            "UPDATE users SET b = 'old'; UPDATE users SET a = 'old'",
            [(1, "new", "old", "new", "old", True)],
        ),
        (
            "UPDATE users SET n = 1",
            "DELETE FROM side",
            "UPDATE users SET b = 'old'",
            [(1, None, None, None, None, False)],
        ),
        (
            "UPDATE users SET n = 1",
            "UPDATE side SET user_id = 2",
            "UPDATE users SET b = 'old'",
            [(1, None, None, None, None, False)],
        ),
        ("UPDATE users SET n = 1", "UPDATE side SET a = 'new'", "DELETE FROM users", []),
        ("UPDATE users SET n = 1", "DELETE FROM side", "DELETE FROM users", []),
    ],
    ids=["update", "delete", "another-key", "deleted", "both-delete"],
)
def test_two_who_write_one_row_from_both_sides_do_not_wait_for_each_other(
    synced: psycopg.Connection,
    connect: Connect,
    held: str,
    written: str,
    by_old: str,
    both: list[tuple[object, ...]],
) -> None:
    """One holds the source's row and wants the target's, the other the other way round."""
    connection, old, new = synced, connect(autocommit=False), connect()
    connection.execute("INSERT INTO users VALUES (1, 'x', 'x')")
    for one in (old, new):  # nobody is saved by the server's search for deadlocks
        one.execute("SET deadlock_timeout = '1min'")
        one.execute("SET statement_timeout = '30s'")
    old.execute(held.encode())
    writer = Other(new, written)
    waits(connection, new, "Lock")
    for write in by_old.split(";"):
        old.execute(write.encode())
    old.commit()

    assert writer.ended() is None
    assert connection.execute(BOTH).fetchall() == both
    orphans = "SELECT FROM side WHERE user_id = 1 AND user_id NOT IN (SELECT id FROM users)"
    assert connection.execute(orphans).fetchall() == []


def test_a_row_that_is_the_targets_own_keeps_what_was_written_when_the_source_goes(
    connection: psycopg.Connection, connect: Connect
) -> None:
    connection.execute(SETUP)
    for statement in crossing.create(made(owns_rows=False), new_leads=False):
        connection.execute(statement.sql.encode())
    old, new = connect(autocommit=False), connect()
    connection.execute("INSERT INTO users VALUES (1, 'x', 'x')")
    old.execute("UPDATE users SET n = 1")
    writer = Other(new, "UPDATE side SET a = 'new'")
    waits(connection, new, "Lock")
    old.execute("DELETE FROM users")
    old.commit()

    assert writer.ended() is None
    assert connection.execute("SELECT user_id, a, b FROM side").fetchall() == [(1, "new", None)]


def test_one_who_holds_the_row_for_long_before_he_writes_it_meets_no_deadlock(
    synced: psycopg.Connection, connect: Connect
) -> None:
    connection, old, new = synced, connect(), connect(autocommit=False)
    connection.execute("INSERT INTO users VALUES (1, 'x', 'x')")
    new.execute("SELECT FROM side FOR UPDATE")
    writer = Other(old, "UPDATE users SET b = 'old'")
    searches(connection, old)
    new.execute("UPDATE side SET a = 'new'")
    new.commit()

    assert writer.ended() is None
    assert connection.execute(BOTH).fetchall() == [(1, "new", "old", "new", "old", True)]


@pytest.mark.parametrize("shared", [False, True], ids=["one-holder", "two-holders"])
def test_a_deadlock_of_the_application_is_found(
    connection: psycopg.Connection, connect: Connect, *, shared: bool
) -> None:
    """He who looks waits for one who waits for him, over a row of another table."""
    connection.execute(SETUP)
    for statement in crossing.create(made(), new_leads=False):
        connection.execute(statement.sql.encode())
    connection.execute("CREATE TABLE other AS SELECT 1 AS id")
    connection.execute("INSERT INTO users VALUES (1, 'x')")
    old, new, third = (connect(autocommit=False) for _ in range(3))
    if shared:
        third.execute("SELECT FROM side FOR KEY SHARE")
    new.execute("SELECT FROM side FOR NO KEY UPDATE")
    old.execute("SELECT FROM other FOR UPDATE")
    writer = Other(old, "UPDATE users SET a = 'old'")
    waits(connection, old, "Timeout")
    waiter = Other(new, "SELECT FROM other FOR UPDATE")

    error = writer.ended()
    old.rollback()

    assert isinstance(error, psycopg.errors.DeadlockDetected)
    assert f"and waits for process {old.info.backend_pid}." in (error.diag.message_detail or "")
    assert waiter.ended() is None


def test_a_deadlock_of_two_who_look_is_found(
    connection: psycopg.Connection, connect: Connect
) -> None:
    connection.execute(SETUP)
    for statement in crossing.create(made(), new_leads=False):
        connection.execute(statement.sql.encode())
    connection.execute("INSERT INTO users VALUES (1, 'x'), (2, 'x')")
    one, two = connect(autocommit=False), connect(autocommit=False)
    one.execute("SELECT FROM side WHERE user_id = 1 FOR UPDATE")
    two.execute("SELECT FROM side WHERE user_id = 2 FOR UPDATE")
    writers = (
        Other(one, "UPDATE users SET a = 'y' WHERE id = 2"),
        Other(two, "UPDATE users SET a = 'z' WHERE id = 1"),
    )
    until = time.monotonic() + 30
    while all(writer.is_alive() for writer in writers):
        assert time.monotonic() < until
        time.sleep(0.01)
    loser = next(writer for writer in writers if not writer.is_alive())
    loser.session.rollback()
    errors = [writer.ended() for writer in writers]

    assert isinstance(loser.error, psycopg.errors.DeadlockDetected)
    assert all(e is None or isinstance(e, psycopg.errors.DeadlockDetected) for e in errors)


def test_one_who_is_cancelled_while_he_looks_keeps_no_lock(
    synced: psycopg.Connection, connect: Connect
) -> None:
    connection, old, new = synced, connect(), connect(autocommit=False)
    connection.execute("INSERT INTO users VALUES (1, 'x')")
    new.execute("SELECT FROM side FOR UPDATE")
    writer = Other(old, "UPDATE users SET a = 'old'")
    searches(connection, old)
    connection.execute("SELECT pg_cancel_backend(%s)", [old.info.backend_pid])

    assert isinstance(writer.ended(), psycopg.errors.QueryCanceled)
    held = "SELECT FROM pg_locks WHERE pid = %s AND locktype = 'advisory'"
    assert connection.execute(held, [old.info.backend_pid]).fetchall() == []


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
