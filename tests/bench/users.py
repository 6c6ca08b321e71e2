"""The table that is filled: rows of about 100 bytes, a key and three more indexes."""

from typing import LiteralString

import expandcontract as ec
from expandcontract.engine import adhoc
from expandcontract.engine.runner import Runner
from expandcontract.pacing.sizing import Sizing
from expandcontract.postgres.session import open_session
from tests.bench.measuring import Work, connected

#: The type of each key, and its value for row `n`.
KEYS = {
    "bigint": ("bigint", "n"),
    "sparse": ("bigint", "n::bigint * 1000003"),
    "uuid": ("uuid", "md5(n::text)::uuid"),
}
SET = "email_lower = lower(email)"
ONE_UPDATE = f"UPDATE users SET {SET}"
WRONG: LiteralString = "SELECT count(*) FROM users WHERE email_lower IS DISTINCT FROM lower(email)"
FILL = ec.FillColumn(table="users", assignments=(SET,))
ONCE = ec.FillColumn(
    table="users", assignments=("email_lower = coalesce(email_lower, '') || lower(email)",)
)
"""What may be applied once only, so that nothing but the key tells which rows are done."""


def execute(dsn: str, *commands: str) -> None:
    with connected(dsn) as connection:
        for command in commands:
            connection.execute(command.encode())


def build(dsn: str, rows: int, key: str = "bigint") -> None:
    kind, value = KEYS[key]
    execute(
        dsn,
        f"CREATE TABLE users (id {kind} PRIMARY KEY, email text NOT NULL, name text NOT NULL,"
        " city int NOT NULL, email_lower text)",
        f"INSERT INTO users SELECT {value}, 'User' || n || '@Example.com', 'Name ' || md5(n::text),"
        f" n % 1000 FROM generate_series(1, {rows}) n",
        "CREATE INDEX ON users (email)",
        "CREATE INDEX ON users (name)",
        "CREATE INDEX ON users (city)",
        "VACUUM ANALYZE users",
    )


def one_update(dsn: str) -> None:
    execute(dsn, ONE_UPDATE)


def filled(
    workers: int = 1,
    *,
    max_lag: float | None = None,
    batch: int | None = None,
    change: ec.FillColumn = FILL,
) -> Work:
    """By `ec backfill`, as it decides by itself."""
    sizing = Sizing() if batch is None else Sizing(first=batch, smallest=batch, largest=batch)

    def work(dsn: str) -> None:
        session = open_session(dsn)
        try:
            limits: dict[str, float | None] = {"replication_lag": max_lag}
            run = Runner(session=session, limits=limits, workers=workers, sizing=sizing)
            adhoc.carry_on(run, adhoc.begin(run, change))
        finally:
            session.close()

    return work


def is_right(dsn: str) -> bool:
    """Whether every row was filled."""
    with connected(dsn) as connection:
        return connection.execute(WRONG).fetchall() == [(0,)]
