"""Fills in Python: every row computed once, whatever happens to it meanwhile."""

import hashlib
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from dask.distributed import LocalCluster

import expandcontract as ec
from expandcontract.cli.computing import executor
from expandcontract.engine.computing import Fill
from expandcontract.errors import FunctionMissingError, FunctionResultError, RowsFailedError
from tests.support.walk import execute

Connect = Callable[..., psycopg.Connection]
Rows = list[dict[str, Any]]

SETUP = """
    CREATE TABLE "Odd ""t"" %" (
        "Key %" text, n int, secret text NOT NULL, token bytea, made int NOT NULL DEFAULT 0,
        PRIMARY KEY ("Key %", n));
    INSERT INTO "Odd ""t"" %" ("Key %", n, secret)
    SELECT md5(g::text), g % 3, 'secret' || g FROM generate_series(1, 2000) AS g;
"""
TABLE = '"Odd ""t"" %"'
TOKEN = ec.ComputeColumns(table=TABLE, columns=("token",), reads=("secret",))
WRONG = f"SELECT count(*) FROM {TABLE} WHERE token IS DISTINCT FROM sha256(secret::bytea)"


def sealed(rows: Rows) -> list[bytes]:
    return [hashlib.sha256(row["secret"].encode()).digest() for row in rows]


def count(connection: psycopg.Connection, query: str) -> int:
    [(found,)] = connection.execute(query.encode()).fetchall()
    return int(found)


def test_every_row_goes_through_the_function(dsn: str, connection: psycopg.Connection) -> None:
    connection.execute(SETUP)

    status = ec.backfill(dsn, TOKEN, fill=sealed, batch_size=300)

    assert status.state == "closed"
    assert count(connection, WRONG) == 0


@pytest.mark.parametrize("kind", ["threads:2", "processes:2"])
def test_any_executor_will_do(dsn: str, connection: psycopg.Connection, kind: str) -> None:
    connection.execute(SETUP)
    with executor(kind) as pool:
        ec.backfill(dsn, TOKEN, fill=sealed, executor=pool, batch_size=500)

    assert count(connection, WRONG) == 0


def test_a_writer_in_the_middle_is_never_overwritten_with_an_old_value(
    dsn: str, connection: psycopg.Connection
) -> None:
    """The guard: what was computed from an old secret is not written over a new one."""
    connection.execute(SETUP)
    once = threading.Event()

    def beside(rows: Rows) -> list[bytes]:
        found = sealed(rows)
        if not once.is_set():
            once.set()
            execute(dsn, f"UPDATE {TABLE} SET secret = 'changed' || n")
        return found

    ec.backfill(dsn, TOKEN, fill=beside, batch_size=2000)

    assert count(connection, WRONG) == 0


def test_a_counter_counts_once_over_stops_and_starts(
    dsn: str, connection: psycopg.Connection
) -> None:
    connection.execute(SETUP)
    change = ec.ComputeColumns(table=TABLE, columns=("made",), reads=("made",))
    calls = 0

    def fails_sometimes(rows: Rows) -> list[int]:
        nonlocal calls
        calls += 1
        if calls % 3 == 0:
            raise KeyboardInterrupt
        return [row["made"] + 1 for row in rows]

    for _ in range(60):
        with suppress(KeyboardInterrupt):
            ec.backfill(dsn, change, fill=fails_sometimes, batch_size=100)
            break

    assert count(connection, f"SELECT count(*) FROM {TABLE} WHERE made <> 1") == 0


def test_a_function_that_raises_puts_only_its_rows_into_quarantine(
    dsn: str, connection: psycopg.Connection
) -> None:
    connection.execute(SETUP)

    def picky(rows: Rows) -> list[bytes]:
        if any(row["secret"] in {"secret7", "secret1999"} for row in rows):
            raise ValueError("no such secret")
        return sealed(rows)

    with pytest.raises(RowsFailedError, match="no such secret"):
        ec.backfill(dsn, TOKEN, fill=picky, batch_size=400)

    assert count(connection, f"SELECT count(*) FROM {TABLE} WHERE token IS NULL") == 2


def test_half_a_character_is_a_failure_of_its_row(dsn: str, connection: psycopg.Connection) -> None:
    """Text that was cut in the middle of a surrogate pair is none that a server takes."""
    execute(dsn, "CREATE TABLE t (id int PRIMARY KEY, b text)")
    execute(dsn, "INSERT INTO t SELECT generate_series(1, 30)")

    def cut(rows: Rows) -> list[str]:
        return ["\ud83d" if row["id"] == 7 else "\u00e9\U0001f600" for row in rows]

    with pytest.raises(RowsFailedError, match="7: invalid input syntax"):
        ec.backfill(dsn, ec.ComputeColumns(table="t", columns=("b",), reads=("id",)), fill=cut)

    assert count(connection, "SELECT count(*) FROM t WHERE b = E'\u00e9\U0001f600'") == 29
    assert count(connection, "SELECT count(*) FROM t WHERE b IS NULL") == 1


def exits(rows: Rows) -> list[str]:
    if any(row["id"] == 7 for row in rows):
        sys.exit("bad\0row \ud83d")
    return ["x" for _ in rows]


@pytest.mark.parametrize("kind", [None, "processes:1"])
def test_a_function_that_exits_or_says_what_is_no_text_fails_at_its_row(
    dsn: str, connection: psycopg.Connection, kind: str | None
) -> None:
    execute(dsn, "CREATE TABLE t (id int PRIMARY KEY, b text)")
    execute(dsn, "INSERT INTO t SELECT generate_series(1, 30)")
    change = ec.ComputeColumns(table="t", columns=("b",), reads=("id",))

    with executor(kind) as pool, pytest.raises(RowsFailedError, match="7: the function raised"):
        ec.backfill(dsn, change, fill=exits, executor=pool)

    assert count(connection, "SELECT count(*) FROM t WHERE b = 'x'") == 29
    kept = connection.execute("SELECT key::text, error FROM expandcontract.quarantine").fetchall()
    said = r"the function raised SystemExit: bad\x00row \ud83d"
    assert kept == [('["7"]', said)]


def test_a_value_that_is_no_text_and_a_date_that_python_has_not_fail_at_their_rows(
    dsn: str, connection: psycopg.Connection
) -> None:
    execute(dsn, "CREATE TABLE t (id int PRIMARY KEY, at timestamp, b text)")
    execute(dsn, "INSERT INTO t SELECT g, '2026-01-01' FROM generate_series(1, 30) AS g")
    execute(dsn, "UPDATE t SET at = 'infinity' WHERE id = 5")

    def cut(rows: Rows) -> list[str]:
        return ["a\0b" if row["id"] == 7 else str(row["at"].year) for row in rows]

    change = ec.ComputeColumns(table="t", columns=("b",), reads=("id", "at"))
    with pytest.raises(RowsFailedError, match="2 rows are in quarantine"):
        ec.backfill(dsn, change, fill=cut)

    assert count(connection, "SELECT count(*) FROM t WHERE b = '2026'") == 28


ONE = ("one",)


@pytest.mark.parametrize(
    ("columns", "fill", "said"),
    [
        (ONE, lambda _rows: ["x"], "gave 1 result for 30 rows"),
        (ONE, lambda rows: [row["id"] for row in rows if row["id"] != 9], "gave 29 results for 30"),
        (ONE, lambda _rows: None, "gave None for 30 rows"),
        (ONE, lambda rows: "x" * len(rows), "gave one str for 30 rows"),
        (ONE, lambda rows: {row["id"]: "x" for row in rows}, "gave one dict for 30 rows"),
        (("one", "two"), lambda rows: ["x" for _ in rows], "gave results of type str, and no dict"),
    ],
)
def test_a_function_that_gives_no_result_for_each_row_is_stopped_before_it_writes(
    dsn: str, connection: psycopg.Connection, columns: tuple[str, ...], fill: Fill, said: str
) -> None:
    """No row is to blame, and to look for one would end with results of other calls."""
    execute(dsn, "CREATE TABLE t (id int PRIMARY KEY, one text, two text)")
    execute(dsn, "INSERT INTO t SELECT generate_series(1, 30)")
    change = ec.ComputeColumns(table="t", columns=columns, reads=("id",))

    with pytest.raises(FunctionResultError, match=said) as caught:
        ec.backfill(dsn, change, fill=fill)

    assert caught.value.exit_code == 2
    assert count(connection, "SELECT count(*) FROM t WHERE one IS NOT NULL") == 0
    assert count(connection, "SELECT count(*) FROM expandcontract.quarantine") == 0
    ec.backfill(dsn, change, fill=lambda rows: [dict.fromkeys(columns, "y") for _ in rows])
    assert count(connection, "SELECT count(*) FROM t WHERE one = 'y'") == 30


def test_a_result_that_fits_no_column_is_a_failure_of_its_row(
    dsn: str, connection: psycopg.Connection
) -> None:
    execute(dsn, "CREATE TABLE t (id int PRIMARY KEY, one text, two text)")
    execute(dsn, "INSERT INTO t SELECT generate_series(1, 30)")

    def half(rows: Rows) -> list[dict[str, str]]:
        return [{"one": "x", "two" if row["id"] not in {8, 9} else "too": "y"} for row in rows]

    change = ec.ComputeColumns(table="t", columns=("one", "two"), reads=("id",))
    with pytest.raises(RowsFailedError, match="2 rows are in quarantine"):
        ec.backfill(dsn, change, fill=half)

    assert count(connection, "SELECT count(*) FROM t WHERE one = 'x' AND two = 'y'") == 28


def test_skipped_rows_and_rows_that_are_not_meant_stay_as_they_are(
    dsn: str, connection: psycopg.Connection
) -> None:
    connection.execute(SETUP)
    change = ec.ComputeColumns(
        table=TABLE, columns=("token",), reads=("secret", "n"), where="n < 2"
    )

    def few(rows: Rows) -> list[Any]:
        assert all(row["n"] < 2 for row in rows)
        return [ec.SKIP if row["n"] == 1 else b"\x00\xff" for row in rows]

    ec.backfill(dsn, change, fill=few, batch_size=300)

    query = f"SELECT n, count(*), count(token), max(token::text) FROM {TABLE} GROUP BY n ORDER BY n"
    assert connection.execute(query.encode()).fetchall() == [
        (0, 666, 666, "\\x00ff"),
        (1, 667, 0, None),
        (2, 667, 0, None),
    ]


def test_python_values_become_those_of_the_columns(
    dsn: str, connection: psycopg.Connection
) -> None:
    connection.execute(
        "CREATE TABLE t (id int PRIMARY KEY, d date, n numeric, j jsonb, a text[], b boolean,"
        " s timestamptz); INSERT INTO t (id) SELECT generate_series(1, 10)"
    )
    columns = ("d", "n", "j", "a", "b", "s")
    change = ec.ComputeColumns(table="t", columns=columns, reads=("id",))
    moment = datetime(2026, 11, 21, 12, 30, tzinfo=UTC)
    values = {
        "d": moment.date(),
        "n": Decimal("1.50"),
        "j": {"a": ["ü", None, 1.5]},
        "a": ["x,y", "", "ü"],
        "b": True,
        "s": moment,
    }

    ec.backfill(dsn, change, fill=lambda rows: [values for _ in rows])

    assert connection.execute("SELECT DISTINCT d, n, j, a, b, s FROM t").fetchall() == [
        tuple(values.values())
    ]


def test_without_its_function_nothing_is_begun(dsn: str, connection: psycopg.Connection) -> None:
    connection.execute(SETUP)

    with pytest.raises(FunctionMissingError, match="--python module:function"):
        ec.backfill(dsn, TOKEN)


def test_the_next_chunk_is_computed_while_one_is_written(
    dsn: str, connection: psycopg.Connection
) -> None:
    """Twenty chunks, computed in 30 ms each and kept from being written for 30 ms each."""
    connection.execute(
        SETUP
        + f"""
        CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS
        $$ DECLARE begun timestamptz := clock_timestamp();
        BEGIN
            PERFORM pg_sleep(0.05);
            INSERT INTO writes
            VALUES (extract(epoch FROM begun), extract(epoch FROM clock_timestamp()));
            RETURN NULL;
        END $$;
        CREATE TABLE writes (begun float8, ended float8);
        CREATE TRIGGER slow AFTER UPDATE ON {TABLE} FOR EACH STATEMENT EXECUTE FUNCTION slow();
        """
    )
    computing: list[tuple[float, float]] = []

    def slowly(rows: Rows) -> list[bytes]:
        begun = time.time()
        time.sleep(0.05)
        computing.append((begun, time.time()))
        return sealed(rows)

    ec.backfill(dsn, TOKEN, fill=slowly, batch_size=100)

    assert len(computing) == 20
    writes = connection.execute("SELECT begun, ended FROM writes").fetchall()
    beside = [w for w in writes if any(begun < w[1] and w[0] < ended for begun, ended in computing)]
    assert len(beside) >= 10  # one after the other it would be none


@pytest.mark.filterwarnings("ignore")
def test_a_dask_cluster_computes_in_its_own_processes(
    dsn: str, connection: psycopg.Connection
) -> None:
    connection.execute(SETUP)
    started: Any = LocalCluster  # it has no types
    with (
        started(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
        executor(cluster.scheduler_address.replace("tcp://", "dask://")) as pool,
    ):
        assert pool is not None
        ec.backfill(dsn, TOKEN, fill=sealed, executor=pool, batch_size=500)

    assert count(connection, WRONG) == 0
