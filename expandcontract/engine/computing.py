"""Fills in Python: the next chunk is read and computed while one is written."""

from collections.abc import Callable, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from expandcontract.engine.results import Part, joined
from expandcontract.engine.stepping import opened
from expandcontract.errors import ConnectionLostError, ExecutorLostError
from expandcontract.model.backfill import Key
from expandcontract.model.walk import KeyWalk
from expandcontract.postgres import chunks, computed
from expandcontract.postgres.computed import Row
from expandcontract.postgres.lanes import Claimed
from expandcontract.postgres.pieces import Lane
from expandcontract.postgres.session import Session, transaction

Fill = Callable[[list[dict[str, Any]]], Sequence[Any]]
"""Gets rows, each a dict of the columns that are read, and gives one result for each."""

PARTS = 4
"""Pieces of a batch that an executor may work on at the same time."""

LEAST_PART = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Compute:
    """The function, and where it runs; without an executor in the thread that reads."""

    function: Fill
    executor: Executor | None = None

    def begun(self, rows: list[dict[str, Any]]) -> list[Part]:
        """Hand the rows to the executor, in parts."""
        if self.executor is None:
            return [Part(len(rows), _now(self.function, rows))]
        size = max(LEAST_PART, -(-len(rows) // PARTS))
        parts = [rows[at : at + size] for at in range(0, len(rows), size)]
        try:
            return [Part(len(part), self.executor.submit(self.function, part)) for part in parts]
        except BrokenExecutor as error:
            raise ExecutorLostError(str(error)) from error


def _now(function: Fill, rows: list[dict[str, Any]]) -> Future[Sequence[Any]]:
    future: Future[Sequence[Any]] = Future()
    try:
        future.set_result(function(rows))
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001  # the function is the user's
        future.set_exception(error)
    return future


@dataclass(slots=True)
class Batch:
    """Rows that are read, and being computed."""

    after: KeyWalk  #: the walk when they are written
    seen: int
    rows: list[Row]
    parts: list[Part]

    def computed(self, lane: Lane, *, whole: bool) -> list[Row]:
        """The results, once they are there; what the function raised is an error of the rows."""
        return joined(lane, self.rows, self.parts, whole=whole)


@dataclass(slots=True)
class Ahead:
    """One worker's look ahead, on a session of its own where one can be had."""

    session: Session
    compute: Compute
    _own: Session | None = None
    _thread: ThreadPoolExecutor | None = None
    _next: tuple[int, KeyWalk, int, "Future[Batch]"] | None = None
    _types: tuple[str, ...] = ()
    _tried: bool = False

    def batch(self, lane: Lane, claimed: Claimed, walk: KeyWalk, rows: int) -> Batch:
        """The next chunk, computed or being computed; the one after it is begun."""
        self._open()
        ready, self._next = self._next, None
        if ready and ready[:2] == (claimed.lane, walk) and ready[2] <= rows:
            batch = ready[3].result()
        else:
            if ready is not None:
                ready[3].exception()  # let it end: the session is one
            batch = self._read(self._own or self.session, lane, walk, rows)
        after = batch.after
        if self._thread is not None and not after.is_finished:
            future = self._thread.submit(self._read, self._own or self.session, lane, after, rows)
            self._next = (claimed.lane, after, rows, future)
        return batch

    def write(self, session: Session, lane: Lane, ready: list[Row]) -> tuple[int, list[Key]]:
        """Write a chunk in the caller's transaction, whatever has happened to its rows.

        Gives how many rows were written, and the keys of those that a trigger kept back.
        """
        self._types = self._types or computed.types(session, lane)
        written, left = computed.write(session, lane, self._types, ready)
        more, withheld = self._again(session, lane, left)
        return written + more, withheld

    def one(self, session: Session, lane: Lane, key: Key) -> list[Key]:
        """Write one row in the caller's transaction; its key where a trigger kept it back."""
        self._types = self._types or computed.types(session, lane)
        return self._again(session, lane, [key])[1]

    def close(self) -> None:
        """End what was begun ahead."""
        if self._thread is not None:
            self._thread.shutdown(cancel_futures=True)
        if self._own is not None:
            self._own.close()

    def _again(self, session: Session, lane: Lane, keys: list[Key]) -> tuple[int, list[Key]]:
        """Rows that were changed since they were read: locked, and computed as they are now.

        What is not written then nobody else has changed.
        """
        rows = computed.locked(session, lane, keys) if keys else []
        if not rows:
            return 0, []
        ready = joined(lane, rows, self.compute.begun(_dicts(lane, rows)))
        return computed.write(session, lane, self._types, ready)

    def _open(self) -> None:
        if not self._tried:
            self._tried = True
            self._own = self.session.sibling()
            if self._own is not None:
                self._thread = ThreadPoolExecutor(1, "reader")

    def _read(self, session: Session, lane: Lane, walk: KeyWalk, rows: int) -> Batch:
        try:
            with transaction(session, **chunks.EVERY_ROW):
                walk = opened(session, lane, walk, rows)
                bound, seen, found = computed.read(session, lane, walk.chunk(walk.top), rows)
        except ConnectionLostError:
            if session is self._own:
                session.reopen()
            raise
        parts = self.compute.begun(_dicts(lane, found)) if found else []
        return Batch(walk.moved(bound, seen), seen, found, parts)


def _dicts(lane: Lane, rows: list[Row]) -> list[dict[str, Any]]:
    names, head = lane.backfill.reads, len(lane.backfill.key) + 1
    return [dict(zip(names, row[head:], strict=True)) for row in rows]
