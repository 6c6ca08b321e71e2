"""The backfill of a rename against the one UPDATE that one would write by hand.

The UPDATE holds every row it has touched until it commits, bloats the table by its whole size at
once and cannot be resumed. What the backfill pays for not doing that is what this measures.
"""

import os
import time
from collections.abc import Callable

import psycopg

import expandcontract as ec

ROWS = int(os.environ.get("EC_BENCH_ROWS", "300000"))
TOO_SLOW = (
    8.0  #: times the UPDATE's duration, a sign of a lost index scan and not of a busy machine
)

SCHEMA = f"""
    CREATE TABLE users (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, email text NOT NULL, bio text NOT NULL
    );
    INSERT INTO users (email, bio)
    SELECT 'user' || n || '@example.com', repeat(md5(n::text), 4) FROM generate_series(1, {ROWS}) n;
    VACUUM ANALYZE users;
"""
RENAME = ec.RenameColumn(table="users", old="email", new="email_address")


def test_the_backfill_against_one_update(
    dsn: str, connect: Callable[[], psycopg.Connection]
) -> None:
    connection = connect()
    prepare(connection)
    ec.apply(dsn, RENAME, ec.Phase.EXPAND)
    connection.execute("CREATE TABLE by_hand (LIKE users INCLUDING ALL)")
    connection.execute("INSERT INTO by_hand OVERRIDING SYSTEM VALUE SELECT * FROM users")
    connection.execute("VACUUM ANALYZE by_hand")

    update = timed(lambda: connection.execute("UPDATE by_hand SET email_address = email"))
    backfill = timed(lambda: ec.backfill(dsn, RENAME, max_lag=None))

    for name, seconds in (("one UPDATE", update), ("backfill", backfill)):
        rate = ROWS / seconds
        print(f"\n{name:<12}{seconds:8.2f} s{rate:12,.0f} rows/s", end="")  # noqa: T201
    print(f"\n{'ratio':<12}{backfill / update:8.2f}")  # noqa: T201
    [(missing,)] = connection.execute(
        "SELECT count(*) FROM users WHERE email_address IS DISTINCT FROM email"
    ).fetchall()
    assert missing == 0
    assert backfill < update * TOO_SLOW


def prepare(connection: psycopg.Connection) -> None:
    for command in SCHEMA.split(";"):
        if command.strip():
            connection.execute(command.encode())


def timed(work: Callable[[], object]) -> float:
    start = time.monotonic()
    work()
    return time.monotonic() - start
