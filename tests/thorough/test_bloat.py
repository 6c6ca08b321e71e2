"""A backfill that no pruning helps: what it sets is indexed, and autovacuum is off."""

import time
from contextlib import closing

import psycopg

import expandcontract as ec
from expandcontract.changes.fill_column import FillColumn
from expandcontract.engine import adhoc
from expandcontract.engine.events import ChunkDone, Event, Waited
from expandcontract.engine.runner import Runner
from expandcontract.pacing.sizing import Sizing
from expandcontract.postgres.opening import session_for

ROWS = 120_000
REST = 0.04
"""Seconds after each chunk: the server's statistics are to keep up with so small a table."""

#: Whoever has a limit on vacuums decides about them.
UNWATCHED: dict[str, float | None] = {"vacuums": 100.0}


def filled(dsn: str, table: str, limits: dict[str, float | None]) -> tuple[float, list[Event]]:
    """By how much of its size the heap grew."""
    with closing(psycopg.connect(dsn, autocommit=True)) as connection:
        connection.execute(
            f"CREATE TABLE {table} (id int PRIMARY KEY, b int, pad text)"
            " WITH (autovacuum_enabled = off)".encode()
        )
        connection.execute(
            f"INSERT INTO {table} SELECT g, NULL, repeat('x', 80)"
            f" FROM generate_series(1, {ROWS}) g".encode()
        )
        connection.execute(f"CREATE INDEX ON {table} (b)".encode())
        connection.execute(f"VACUUM ANALYZE {table}".encode())
        before = size(connection, table)
        told: list[Event] = []
        fill = FillColumn(table=table, assignments=("b = id",))
        with session_for(dsn) as session:

            def tell(event: Event) -> None:
                told.append(event)
                if isinstance(event, ChunkDone):
                    time.sleep(REST)

            sizing = Sizing(first=500, largest=500)
            runner = Runner(session=session, limits=limits, tell=tell, sizing=sizing)
            adhoc.carry_on(runner, adhoc.begin(runner, fill))
        found = connection.execute(
            f"SELECT count(*) FROM {table} WHERE b IS DISTINCT FROM id".encode()
        )
        assert found.fetchall() == [(0,)]
        return size(connection, table) / before - 1, told


def size(connection: psycopg.Connection, table: str) -> int:
    return int(connection.execute("SELECT pg_relation_size(%s)", [table]).fetchall()[0][0])


def test_vacuums_between_chunks_keep_the_table_from_doubling(dsn: str) -> None:
    kept, _ = filled(dsn, "kept", {})
    left, _ = filled(dsn, "left_alone", UNWATCHED)

    print(f"\ngrowth of the heap: {kept:.0%} with vacuums, {left:.0%} without")  # noqa: T201
    assert left > 0.7
    assert kept < 0.5


def test_whose_snapshot_keeps_the_dead_rows_is_told(dsn: str) -> None:
    with closing(psycopg.connect(dsn)) as other:
        other.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        other.execute("SELECT")
        holder = f"process {other.info.backend_pid}"
        _, told = filled(dsn, "held", {})
    reasons = [event.reason for event in told if isinstance(event, Waited)]

    [reason, *_] = [text for text in reasons if text.startswith("vacuum cannot remove")]
    assert holder in reason
    assert ec.status(dsn)[0].state == "closed"
