"""Runs of different ways to do the same, in turn, on equal databases."""

import statistics
import time
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

import psycopg

from tests.support.databases import Databases

Work = Callable[[str], object]
Name = TypeVar("Name", bound=Hashable)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What one way took, once."""

    seconds: float
    wal: int  #: bytes
    growth: int  #: bytes by which the database's files grew


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """The medians of one way's runs."""

    name: str
    rows: int
    seconds: float
    wal: float
    growth: float

    @property
    def rate(self) -> float:
        """Rows a second."""
        return self.rows / self.seconds


def compared(
    databases: Databases,
    template: str,
    ways: Mapping[str, Work],
    check: Callable[[str], bool],
    *,
    rows: int,
    runs: int,
) -> list[Result]:
    """Each way on a fresh copy of the template, in turn, so that a slow minute hits all."""
    on_it = {name: (template, work) for name, work in ways.items()}
    made = in_turn(databases, on_it, check, runs=runs)
    return [summary(name, rows, found) for name, found in made.items()]


def in_turn(
    databases: Databases,
    ways: Mapping[Name, tuple[str, Work]],
    check: Callable[[str], bool],
    *,
    runs: int,
) -> dict[Name, list[Run]]:
    """The runs of each way on fresh copies of its template."""
    made: dict[Name, list[Run]] = {name: [] for name in ways}
    for _ in range(runs):
        for name, (template, work) in ways.items():
            with databases.database(template) as dsn:
                made[name].append(measured(dsn, work))
                if not check(dsn):
                    raise AssertionError(name)
    return made


def measured(dsn: str, work: Work) -> Run:
    with connected(dsn) as connection:
        connection.execute("CHECKPOINT")
        before, begun = state(connection), time.perf_counter()
        work(dsn)
        seconds, after = time.perf_counter() - begun, state(connection)
    return Run(seconds=seconds, wal=after[0] - before[0], growth=after[1] - before[1])


def state(connection: psycopg.Connection) -> tuple[int, int]:
    """Where the log stands, and how large the database is."""
    rows = connection.execute(
        "SELECT (pg_current_wal_insert_lsn() - '0/0')::bigint, pg_database_size(current_database())"
    )
    [(position, size)] = rows.fetchall()
    return position, size


def summary(name: str, rows: int, runs: Sequence[Run]) -> Result:
    return Result(
        name=name,
        rows=rows,
        seconds=statistics.median(run.seconds for run in runs),
        wal=statistics.median(run.wal for run in runs),
        growth=statistics.median(run.growth for run in runs),
    )


@contextmanager
def connected(dsn: str) -> Iterator[psycopg.Connection]:
    connection = psycopg.connect(dsn, autocommit=True)
    try:
        yield connection
    finally:
        connection.close()
