"""Backfills against one UPDATE of the whole table: by blocks, along keys, with two workers."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import expandcontract as ec
from expandcontract.engine import adhoc, cutting
from expandcontract.engine.runner import Runner
from expandcontract.postgres.session import open_session
from tests.bench.measuring import Work, connected
from tests.bench.subjects import Bar, Subject, execute

FILL = ec.FillColumn(table="users", assignments=("shout = upper(bio)",))
KEYS = {
    "bigint": ("bigint", "n"),
    "sparse": ("bigint", "n::bigint * 1000003"),
    "uuid": ("uuid", "md5(n::text)::uuid"),
}
BARS = {
    "blocks": Bar(rate=1.2, wal=0.7, growth=0.5),
    "keys": Bar(rate=0.85),
    "blocks, 2 workers": Bar(rate=1.3, of="blocks"),
}


def subjects(rows: int) -> Iterator[Subject]:
    """One for each kind of key."""
    for name in KEYS:
        ways: dict[str, Work] = {"one UPDATE": one_update, "blocks": filled(), "keys": along_keys}
        if name == "bigint":
            ways["blocks, 2 workers"] = filled(2)
        yield Subject(
            title=f"A backfill of a table with a {name} key, against one UPDATE",
            rows=rows,
            prepare=partial(build, key=name, rows=rows),
            ways=ways,
            check=is_right,
            bars=BARS,
        )


def build(dsn: str, key: str, rows: int) -> None:
    kind, value = KEYS[key]
    execute(
        dsn,
        f"CREATE TABLE users (id {kind} PRIMARY KEY, email text, name text, bio text, shout text)",
        f"INSERT INTO users SELECT {value}, 'user' || n || '@example.com', 'n' || n,"
        f" repeat(md5(n::text), 2) FROM generate_series(1, {rows}) n",
        "CREATE INDEX ON users (name)",
        "CREATE INDEX ON users (email)",
        "VACUUM ANALYZE users",
    )


def one_update(dsn: str) -> None:
    execute(dsn, "UPDATE users SET shout = upper(bio)")


def filled(workers: int = 1) -> Work:
    def work(dsn: str) -> None:
        session = open_session(dsn)
        try:
            limits: dict[str, float | None] = {"replication_lag": None}
            run = Runner(session=session, limits=limits, workers=workers)
            adhoc.carry_on(run, adhoc.begin(run, FILL))
        finally:
            session.close()

    return work


def along_keys(dsn: str) -> None:
    with _nothing_by_blocks():
        filled()(dsn)


@contextmanager
def _nothing_by_blocks() -> Iterator[None]:
    """As where an index holds the column."""
    before = cutting.PAYS_FROM
    cutting.PAYS_FROM = sys.maxsize
    try:
        yield
    finally:
        cutting.PAYS_FROM = before


def is_right(dsn: str) -> bool:
    with connected(dsn) as connection:
        wrong = "SELECT count(*) FROM users WHERE shout IS DISTINCT FROM upper(bio)"
        return connection.execute(wrong).fetchall() == [(0,)]
