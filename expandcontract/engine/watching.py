"""Reads the signals beside the work, and says at any moment what they allow.

Each place that is asked has a thread of its own, so that one that hangs makes only its own
readings old; and what is old holds.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Self

from expandcontract.engine.runner import Runner
from expandcontract.errors import ConnectionLostError, DatabaseError
from expandcontract.pacing.ramp import Ramp
from expandcontract.pacing.throttle import Pace, Reading, pace
from expandcontract.postgres.opening import libpq_dsn
from expandcontract.postgres.origin import Origin, origin
from expandcontract.postgres.session import Session
from expandcontract.postgres.standby_view import StandbyView, is_address
from expandcontract.signals.base import Reader, Signal, Watch, measured
from expandcontract.signals.registry import known

LAG = "replication_lag"

QUICKEST, SLOWEST = 0.05, 0.2
"""Seconds between two looks at the lag, by its limit."""

FIRST_LOOK = 15.0
"""Seconds for which the first readings are waited for; then they are unknown."""

AGAIN = 1.0
"""Seconds before a lost connection is opened again."""

LEARN_EVERY = 1.0
"""Seconds between two looks at which server this is."""

LEAST_AGE = 1.0
"""Seconds from which on a reading can be too old; more where it is read less often."""


@dataclass(slots=True)
class _Watched:
    """One signal, its reader and what it said last."""

    watch: Watch
    limit: float  #: of now; the watch has that of the start
    read: Reader
    every: float
    is_elsewhere: bool
    readings: tuple[Reading, ...] = ()
    at: float = float("-inf")

    @property
    def is_lag(self) -> bool:
        """Whether it is the signal that is to stop us in time."""
        return self.watch.name == LAG

    def look(self, session: Session) -> None:
        found = tuple(measured(self.watch, self.read, session))
        self.readings, self.at = found, self.watch.clock()

    def now(self) -> Iterator[Reading]:
        """What it said last, with its age."""
        stale_after = max(LEAST_AGE, 3 * self.every)
        if self.at == float("-inf"):
            yield self.watch.unknown("it has not been read yet")
        age = self.watch.clock() - self.at
        for reading in self.readings:
            yield replace(reading, limit=self.limit, age=reading.age + age, stale_after=stale_after)


class Watching:
    """What the signals said last, and the pace that follows."""

    def __init__(self, runner: Runner, table: str = "", change: str = "") -> None:
        self._runner, self.table, self.change = runner, table, change
        self._views: tuple[StandbyView, ...] = ()
        self._watched: list[_Watched] = []
        self._over = threading.Event()
        self._seen = threading.Event()
        self._threads: list[threading.Thread] = []
        self._inline = False
        self.newest: Origin | None = None
        """The server of the highest timeline that was seen: a pooler may lead to an older one."""
        self._learned_at = float("-inf")
        self._ramp, self._ramping = Ramp(), threading.Lock()
        self._written = 0

    def readings(self) -> tuple[Reading, ...]:
        """Every reading as it is now."""
        if self._inline:
            self._look(self._group(""), self._runner.session)
        written = self._written
        return tuple(reading.after(written) for one in self._watched for reading in one.now())

    def wrote(self, position: int) -> None:
        """The log was written up to there; the standbys were perhaps not seen since."""
        self._written = max(self._written, position)

    def pace(self) -> tuple[Pace, tuple[Reading, ...]]:
        """What the signals allow now, and what they are."""
        found = self.readings()
        looked_at = max((one.at for one in self._watched if one.is_lag), default=0.0)
        with self._ramping:
            return self._ramp.limited(pace(found), found, looked_at), found

    def bore(self, share: float, size: int) -> bool:
        """Whether a rest may end: in the first moments, when all that was written was replayed."""
        if self._ramp.is_over:
            return False
        found = self.readings()
        with self._ramping:
            seen = self._ramp.bore(found, self._written)
            if seen:
                self._ramp.showed(share, size)
        return seen

    def tune(self, runner: Runner) -> None:
        """Go on with other limits; a signal that stays keeps what it knows."""
        known_ones = {one.watch.name: one for one in self._watched}
        found = []
        for name, signal, source in _asked_for(runner):
            limit = runner.limits.get(name, signal.default)
            if limit is None:
                continue
            one = known_ones.get(name) or self._started(name, signal, source, limit)
            one.limit, one.every = limit, _every(signal, limit)
            found.append(one)
        self._runner, self._watched = runner, found

    def start(self) -> Self:
        """Begin to look, and wait for the first readings."""
        addresses = [standby for standby in self._runner.standbys if is_address(standby)]
        self._views = tuple(
            StandbyView(libpq_dsn(address), self._runner.clock).start() for address in addresses
        )
        self.tune(self._runner)
        session = self._runner.session.sibling()
        self._inline = session is None
        groups = [(session, "")] if session is not None else []
        groups += [
            (self._runner.session, one.watch.name) for one in self._watched if one.is_elsewhere
        ]
        for whom, name in groups:
            thread = threading.Thread(target=self._post, args=(whom, name), daemon=True)
            self._threads.append(thread)
            thread.start()
        self._wait_for_first()
        return self

    def close(self) -> None:
        """Look no more; a thread that waits for an answer ends by itself."""
        self._over.set()
        for thread in self._threads:
            thread.join(timeout=1.0)
        for view in self._views:
            view.close()

    def _started(self, name: str, signal: Signal, source: str, limit: float) -> _Watched:
        runner = self._runner
        watch = Watch(
            limit=limit,
            clock=runner.clock,
            name=name,
            unit=signal.unit,
            standbys=tuple(one for one in runner.standbys if not is_address(one)),
            remembered=runner.remembered,
            views=self._views,
            table=self.table,
            source=source,
            change=self.change,
        )
        return _Watched(
            watch=watch,
            limit=limit,
            read=signal.start(watch),
            every=_every(signal, limit),
            is_elsewhere=signal.is_elsewhere,
        )

    def _group(self, name: str) -> list[_Watched]:
        """The signals of the database, or the one that asks elsewhere."""
        return [
            one
            for one in self._watched
            if (one.watch.name == name if name else not one.is_elsewhere)
        ]

    def _wait_for_first(self) -> None:
        clock = self._runner.clock
        until = clock() + FIRST_LOOK
        while not self._inline and clock() < until:
            if all(one.at > float("-inf") for one in self._watched):
                return
            self._seen.wait(0.2)
            self._seen.clear()

    def _look(self, group: list[_Watched], session: Session) -> None:
        now = self._runner.clock()
        for one in group:
            every = one.every if self._ramp.is_over or not one.is_lag else QUICKEST
            if now - one.at >= every:
                one.look(session)

    def _post(self, first: Session, name: str) -> None:
        """Read a group of signals again and again; the database's on a connection of their own."""
        session: Session | None = first
        pause = (SLOWEST if name else QUICKEST) / 2
        try:
            while not self._over.is_set():
                try:
                    session = session or self._reopened()
                    self._look(self._group(name), session)
                    if not name:
                        self._learn(session)
                    self._seen.set()
                except ConnectionLostError as error:
                    self._lost(self._group(name), error)
                    session = None
                    self._over.wait(AGAIN)
                self._over.wait(pause)
        finally:
            if session is not None and not name:
                session.close()

    def _learn(self, session: Session) -> None:
        now = self._runner.clock()
        if now - self._learned_at < LEARN_EVERY:
            return
        self._learned_at = now
        found = origin(session)
        if found is not None and (self.newest is None or found.timeline > self.newest.timeline):
            self.newest = found

    def _reopened(self) -> Session:
        session = self._runner.session.sibling()
        if session is None:
            raise ConnectionLostError("it cannot be opened again")
        return session

    def _lost(self, group: list[_Watched], error: DatabaseError) -> None:
        for one in group:
            one.readings = (one.watch.unknown(f"the connection is lost ({error})"),)
            one.at = self._runner.clock()


@contextmanager
def watching(runner: Runner, table: str = "") -> Iterator[Watching]:
    """Watch the signals for as long as the block lasts."""
    watch = Watching(runner, table)
    try:
        yield watch.start()
    finally:
        watch.close()


def _asked_for(runner: Runner) -> Iterator[tuple[str, Signal, str]]:
    for name, signal in known().items():
        if not signal.has_source:
            yield name, signal, ""
    for source in runner.sources:
        yield source.name, source.signal, source.text


def _every(signal: Signal, limit: float) -> float:
    """Lag is looked at often enough to stop in time, whatever its limit."""
    if signal.name != LAG:
        return signal.every
    return min(SLOWEST, max(QUICKEST, limit / 16))
