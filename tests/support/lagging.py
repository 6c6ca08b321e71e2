"""The lag of a standby, seen from both sides and by nobody's signal."""

import threading
import time
from contextlib import closing
from typing import LiteralString, Self

import psycopg

from expandcontract.embedded import Node

EVERY = 0.02
POSITION: LiteralString = "SELECT (pg_current_wal_flush_lsn() - '0/0'::pg_lsn)::bigint"
REPLAYED: LiteralString = "SELECT (pg_last_wal_replay_lsn() - '0/0'::pg_lsn)::bigint"


class Lag:
    """Notes positions on the primary, and when the standby itself has reached them."""

    def __init__(self, primary: Node, standby: Node) -> None:
        self._primary, self._standby = primary, standby
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self.seen: list[tuple[float, float, int, int]] = []
        """Moment, lag in seconds, bytes behind, bytes replayed."""

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    @property
    def highest(self) -> float:
        return max(lag for _, lag, _, _ in self.seen)

    def share_over(self, limit: float) -> float:
        """The share of the looks at which it was over a limit."""
        return sum(lag > limit for _, lag, _, _ in self.seen) / max(1, len(self.seen))

    def idle(self, begun: float, ended: float) -> float:
        """The share of that time in which the standby had nothing to replay."""
        looks = [behind for at, _, behind, _ in self.seen if begun <= at <= ended]
        return sum(behind == 0 for behind in looks) / max(1, len(looks))

    def _watch(self) -> None:
        notes: list[tuple[int, float]] = []
        with (
            closing(psycopg.connect(self._primary.dsn, autocommit=True)) as primary,
            closing(psycopg.connect(self._standby.dsn, autocommit=True)) as standby,
        ):
            while not self._over.wait(EVERY):
                [(position,)] = primary.execute(POSITION).fetchall()
                if not notes or notes[-1][0] < position:
                    notes.append((position, time.monotonic()))
                [(replayed,)] = standby.execute(REPLAYED).fetchall()
                now = time.monotonic()
                while notes and notes[0][0] <= replayed:
                    notes.pop(0)
                lag = now - notes[0][1] if notes else 0.0
                self.seen.append((now, lag, max(0, position - replayed), replayed))
