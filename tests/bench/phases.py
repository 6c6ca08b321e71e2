"""A renamed column: its backfill against one UPDATE, and what its trigger costs writers."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import LiteralString

import psycopg

import expandcontract as ec
from tests.bench.bed import Bed
from tests.bench.measuring import Result, Work, compared, connected
from tests.bench.options import Options
from tests.bench.tables import Bar, Row, Table
from tests.bench.users import execute

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
HEADINGS = ("way", "seconds", "rows/s", "rate", "WAL per row", "growth")


def tables(bed: Bed, options: Options) -> Iterator[Table]:
    """The backfill, and the writes of two releases beside it."""
    template = bed.databases.template(
        f"renamed {options.rows}", partial(expanded, rows=options.rows)
    )

    def table(title: str, ways: Mapping[str, Work], least: float | None = None) -> Table:
        found = compared(
            bed.databases, template, ways, lambda _dsn: True, rows=options.rows, runs=options.runs
        )
        rows = [row(one, found[0], least) for one in found]
        return Table(title=f"{title} ({options.rows:,} rows)", headings=HEADINGS, rows=rows)

    yield table(
        "The backfill of a renamed column",
        {"one UPDATE, no trigger": one_update, "ec.backfill": backfill},
        least=0.85,
    )
    for column in ("email", "bio"):
        yield table(
            f"Writing {column} in every row while email is renamed",
            {
                "without the trigger": updated(column, with_trigger=False),
                "with it": updated(column, with_trigger=True),
            },
        )


def row(one: Result, first: Result, least: float | None) -> Row:
    """One way against the first."""
    ratio = one.rate / first.rate
    cells = (
        one.name,
        f"{one.seconds:.2f}",
        f"{one.rate:,.0f}",
        f"{ratio:.2f}",
        f"{one.wal / one.rows:,.0f} B",
        f"{one.growth / 1e6:,.0f} MB",
    )
    if least is None or one is first:
        return Row(cells=cells)
    return Row(cells=cells, bars=(("rate", Bar(figure=ratio, least=least, is_speed=True)),))


def expanded(dsn: str, rows: int) -> None:
    execute(dsn, *USERS.replace("$rows", str(rows)).split(";"), "VACUUM ANALYZE users")
    ec.apply(dsn, RENAME, ec.Phase.EXPAND)


def one_update(dsn: str) -> None:
    """What one would write by hand: everything at once, and nothing that keeps both equal."""
    with connected(dsn) as connection:
        drop_triggers(connection)
        connection.execute("UPDATE users SET email_address = email")
    assert_equal(dsn)


def backfill(dsn: str) -> None:
    ec.backfill(dsn, RENAME, max_lag=None)
    assert_equal(dsn)


def assert_equal(dsn: str) -> None:
    with connected(dsn) as connection:
        if connection.execute(DIFFERENT).fetchall() != [(0,)]:
            raise AssertionError(DIFFERENT)


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
