"""Who looks at the lag beside a backfill, knows nothing of it, and outlives the servers."""

import threading
import time
from bisect import bisect_right
from collections.abc import Callable
from contextlib import closing
from typing import Self

import psycopg

from expandcontract.embedded import Node
from tests.support.lagging import EVERY, POSITION, REPLAYED

GRACE = 0.5
"""Seconds in which a lag over the limit may go unnoticed on a busy machine: a look and a chunk."""


class Witness:
    """Positions of the primary, and when the standby itself says that it has reached them."""

    def __init__(self, primary: Node, standby: Node) -> None:
        self._over = threading.Event()
        self._replayed = 0
        self._answers = True
        self._notes: list[tuple[int, float]] = []
        self.seen: list[tuple[float, float | None]] = []
        """Moment and lag; None while the standby is gone."""
        self._threads = [
            threading.Thread(target=self._ask, args=(primary, self._primary_said), daemon=True),
            threading.Thread(target=self._ask, args=(standby, self._standby_said), daemon=True),
        ]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join(5)

    def highest(self, since: float, until: float) -> float:
        """The highest lag between two moments."""
        return max(lag or 0.0 for at, lag in self.seen if since <= at <= until)

    def share_over(self, since: float, until: float, limit: float) -> float:
        """How many of the looks between two moments found it over the limit."""
        looks = [lag or 0.0 for at, lag in self.seen if since <= at <= until]
        return sum(lag > limit for lag in looks) / max(1, len(looks))

    def over(self, moments: list[float], limit: float) -> list[tuple[float, float | None]]:
        """Which of the moments lie where the lag was over a limit, or unknown, for a while."""
        found = []
        times = [at for at, _ in self.seen]
        for moment in moments:
            before = self.seen[bisect_right(times, moment - GRACE) : bisect_right(times, moment)]
            after = self.seen[bisect_right(times, moment) : bisect_right(times, moment + GRACE)]
            looks = [*before, *after]
            if before and after and all(lag is None or lag > limit for _, lag in looks):
                found.append((moment, before[-1][1]))
        return found

    def _ask(self, node: Node, said: Callable[[psycopg.Connection], None]) -> None:
        while not self._over.is_set():
            try:
                with closing(psycopg.connect(node.dsn, autocommit=True)) as connection:
                    said(connection)
            except psycopg.Error:
                self._answers = self._answers and said == self._primary_said
            self._over.wait(EVERY)

    def _primary_said(self, connection: psycopg.Connection) -> None:
        while not self._over.wait(EVERY):
            [(position,)] = connection.execute(POSITION).fetchall()
            now = time.time()
            if not self._notes or self._notes[-1][0] < position:
                self._notes.append((position, now))
            while self._notes and self._notes[0][0] <= self._replayed:
                self._notes.pop(0)
            lag = now - self._notes[0][1] if self._notes else 0.0
            self.seen.append((now, lag if self._answers else None))

    def _standby_said(self, connection: psycopg.Connection) -> None:
        while not self._over.wait(EVERY):
            [(self._replayed,)] = connection.execute(REPLAYED).fetchall()
            self._answers = True
