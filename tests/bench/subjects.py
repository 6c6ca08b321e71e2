"""What is measured: each subject prepares a template and names the ways to compare."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import LiteralString

import psycopg

import expandcontract as ec
from tests.bench.measuring import Work, connected

RENAME = ec.RenameColumn(table="users", old="email", new="email_address")
USERS: LiteralString = """
    CREATE TABLE users (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        email text NOT NULL, name text NOT NULL, bio text NOT NULL);
    INSERT INTO users (email, name, bio)
    SELECT 'user' || n || '@example.com', 'n' || n, repeat(md5(n::text), 2)
    FROM generate_series(1, $rows) n;
    CREATE INDEX ON users (name);
"""
DIFFERENT: LiteralString = "SELECT count(*) FROM users WHERE email_address IS DISTINCT FROM email"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """What a way is to reach against the first one, or against another."""

    rate: float  #: at least; reached on a quiet machine
    wal: float | None = None  #: at most
    growth: float | None = None  #: at most
    of: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One table of results; every way is compared with the first."""

    title: str
    rows: int
    prepare: Callable[[str], object]
    ways: Mapping[str, Work]
    check: Callable[[str], bool] = lambda _dsn: True
    floor: float = 0.0  #: the least ratio of rates that is no failure
    bars: Mapping[str, Bar] = field(default_factory=dict)


def execute(dsn: str, *commands: str) -> None:
    with connected(dsn) as connection:
        for command in commands:
            connection.execute(command.encode())


def filled(dsn: str, rows: int) -> None:
    execute(dsn, *USERS.replace("$rows", str(rows)).split(";"), "VACUUM ANALYZE users")


def one_update(dsn: str) -> None:
    """What one would write by hand: a column, and everything at once."""
    execute(
        dsn,
        "ALTER TABLE users ADD COLUMN email_address text",
        "UPDATE users SET email_address = email",
    )


def backfill(dsn: str) -> None:
    ec.backfill(dsn, RENAME, max_lag=None)


def agrees(dsn: str) -> bool:
    """Whether every row was filled."""
    with connected(dsn) as connection:
        return connection.execute(DIFFERENT).fetchall() == [(0,)]


def expanded(dsn: str, rows: int) -> None:
    filled(dsn, rows)
    ec.apply(dsn, RENAME, ec.Phase.EXPAND)


def by_hand(dsn: str) -> None:
    """On the same template: the trigger and the column of the change go first."""
    with connected(dsn) as connection:
        drop_triggers(connection)
        connection.execute("ALTER TABLE users DROP COLUMN email_address")
    one_update(dsn)


def drop_triggers(connection: psycopg.Connection) -> None:
    rows = connection.execute(
        "SELECT tgname FROM pg_trigger WHERE tgrelid = 'users'::regclass AND NOT tgisinternal"
    )
    for (name,) in rows.fetchall():
        connection.execute(f'DROP TRIGGER "{name}" ON users'.encode())


def updated(column: str, *, with_trigger: bool) -> Work:
    def work(dsn: str) -> None:
        with connected(dsn) as connection:
            if not with_trigger:
                drop_triggers(connection)
            connection.execute(f"UPDATE users SET {column} = {column} || 'x'".encode())

    return work


def subjects(rows: int) -> tuple[Subject, ...]:
    less = rows // 2
    return (
        Subject(
            title="The backfill against one UPDATE of the whole table",
            rows=rows,
            prepare=lambda dsn: expanded(dsn, rows),
            ways={"one UPDATE": by_hand, "backfill": backfill},
            check=agrees,
            floor=0.3,
        ),
        Subject(
            title="Writes of the renamed column, with and without the sync trigger",
            rows=less,
            prepare=lambda dsn: expanded(dsn, less),
            ways={
                "without": updated("email", with_trigger=False),
                "with": updated("email", with_trigger=True),
            },
        ),
        Subject(
            title="Writes of other columns, with and without the sync trigger",
            rows=less,
            prepare=lambda dsn: expanded(dsn, less),
            ways={
                "without": updated("bio", with_trigger=False),
                "with": updated("bio", with_trigger=True),
            },
        ),
    )
