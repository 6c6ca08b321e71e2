"""An application that reads and writes single rows in a process of its own, and its waits."""

import random
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.connection import Connection
from threading import Thread
from typing import LiteralString

from tests.bench.measuring import connected

READ: LiteralString = "SELECT * FROM users WHERE id = %s"
WRITE: LiteralString = "UPDATE users SET city = city + 1 WHERE id = %s"
EVERY = 0.01
"""Seconds between two requests of one connection, on average."""


@dataclass(slots=True)
class Latencies:
    """Of what was asked for while a block ran, in milliseconds."""

    reads: list[float] = field(default_factory=list)
    writes: list[float] = field(default_factory=list)


def p99(latencies: list[float]) -> float:
    """The latency that 99 of 100 requests stay under."""
    return statistics.quantiles(latencies, n=100)[98]


@contextmanager
def load(dsn: str, rows: int) -> Iterator[Latencies]:
    """Two connections that read and two that write, until the block ends."""
    found = Latencies()
    here, there = get_context("spawn").Pipe()
    process = get_context("spawn").Process(target=_serve, args=(there, dsn, rows), daemon=True)
    process.start()
    try:
        here.recv()  # all are connected
        yield found
        here.send("enough")
        found.reads, found.writes = here.recv()
    finally:
        process.join(timeout=10)
        process.kill()


def _serve(pipe: Connection, dsn: str, rows: int) -> None:
    reads: list[float] = []
    writes: list[float] = []
    over: list[bool] = []
    threads = [
        Thread(target=_ask, args=(dsn, sql, rows, into, over), daemon=True)
        for sql, into in ((READ, reads), (READ, reads), (WRITE, writes), (WRITE, writes))
    ]
    for thread in threads:
        thread.start()
    time.sleep(1.0)
    reads.clear()
    writes.clear()
    pipe.send("ready")
    pipe.recv()
    over.append(True)
    for thread in threads:
        thread.join(timeout=5)
    pipe.send((reads, writes))


def _ask(dsn: str, sql: LiteralString, rows: int, into: list[float], over: list[bool]) -> None:
    luck = random.Random(1)  # noqa: S311
    with connected(dsn) as connection:
        while not over:
            begun = time.perf_counter()
            connection.execute(sql, [luck.randint(1, rows)], prepare=True)
            into.append((time.perf_counter() - begun) * 1000)
            time.sleep(luck.expovariate(1 / EVERY))
