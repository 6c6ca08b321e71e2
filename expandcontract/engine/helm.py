"""What all workers of one process share: the wishes of people, the pace, and how far it is.

One of them looks at the ledger and the signals a few times a second (`Helm.look`): the only
worker itself, between two chunks, or the thread that has started several. The others read what
it found, and hold when that is too old.
"""

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace

from expandcontract.engine.logbook import Logbook
from expandcontract.engine.pacer import UNREAD, Pacer, combined
from expandcontract.engine.runner import Runner
from expandcontract.engine.tuning import tuned
from expandcontract.engine.vacuuming import Vacuuming
from expandcontract.errors import CancelledError, DatabaseError
from expandcontract.model.backfill import Backfill
from expandcontract.model.plan import Step
from expandcontract.pacing.progress import Progress
from expandcontract.pacing.throttle import Go, Hold, Pace, Reading
from expandcontract.postgres import controls, lanes, leases
from expandcontract.postgres.controls import Control
from expandcontract.postgres.lanes import Counts, Totals
from expandcontract.postgres.leases import Lease
from expandcontract.postgres.ledger import Record
from expandcontract.postgres.origin import Origin
from expandcontract.postgres.session import Session

LISTEN_EVERY = 0.3
"""Seconds between two looks at what people want."""

RENEW_EVERY = leases.SECONDS / 5
COUNT_EVERY = 2.0
STALE_AFTER = 2.0
"""Seconds after which what was found about the pace says nothing any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One backfill that is being carried out, for whoever works on it."""

    record: Record
    step: Step
    backfill: Backfill
    lease: Lease | None  #: of the change; None where another process leads
    fleeting: bool
    local: dict[str, str]  #: what a chunk's transaction sets
    guards: tuple[str, ...] = ()  #: triggers that may keep a row back of which no value tells


@dataclass(slots=True)
class Tally:
    """Rows and chunks of all lanes: as the ledger had them, and what was done here since.

    A chunk that is committed while another worker reads the ledger is in both; so each lane is
    counted by where it is, and not by what was added.
    """

    totals: Totals
    _newer: dict[int, tuple[Counts, int]] = field(default_factory=dict)
    """Lanes that were moved here, and how often the ledger had been read by then."""
    _read: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def moved(self, lane: int, counts: Counts) -> Progress:
        """Note where a lane is; where all are then."""
        with self.lock:
            self._newer[lane] = counts, self._read
            return self._progress()

    def renew(self, totals: Totals) -> None:
        """Begin again from what the ledger says, which knows of other hosts too."""
        with self.lock:
            self._newer = {
                lane: (counts, read)
                for lane, (counts, read) in self._newer.items()
                if read == self._read  # what is older was committed before this look began
                and lane in totals.by_lane
                and counts.chunks > totals.by_lane[lane].chunks
            }
            self._read += 1
            self.totals = totals

    def now(self) -> Totals:
        """As the ledger had them, with what was done here since."""
        with self.lock:
            since = self._since()
            return replace(
                self.totals,
                seen=self.totals.seen + since.seen,
                written=self.totals.written + since.written,
            )

    def _since(self) -> Counts:
        added = Counts()
        for lane, (newer, _) in self._newer.items():
            had = self.totals.by_lane.get(lane, Counts())
            added = Counts(
                added.seen + newer.seen - had.seen,
                added.written + newer.written - had.written,
                added.failed + newer.failed - had.failed,
                added.chunks + newer.chunks - had.chunks,
            )
        return added

    def _progress(self) -> Progress:
        base, since = self.totals, self._since()
        return Progress(
            high=None,
            size=0,
            rows_estimated=base.estimated,
            rows_seen=base.seen + since.seen,
            rows_written=base.written + since.written,
            rows_failed=base.failed + since.failed,
            chunks=base.chunks + since.chunks,
            looks_again=bool(base.stage),
            over=False,
        )


def _unseen(_session: Session, _newest: Origin | None) -> None:
    """Before anybody knows one server from another."""


class Helm:
    """The pace and the settings of now."""

    def __init__(self, runner: Runner, task: Task, totals: Totals) -> None:
        self.task = task
        self.tally = Tally(totals)
        self.runner = runner  #: with the settings of now
        self._given = runner
        self._pacer = Pacer(runner, str(task.backfill.table), task.record.name)
        self._control = Control()
        self.readings: tuple[Reading, ...] = ()  #: what the signals said last
        self._pace: Pace = UNREAD
        self._looked_at = self._listened_at = self._renewed_at = float("-inf")
        self._counted_at = runner.clock()
        self._logbook = Logbook(
            record=task.record,
            step=task.step.name,
            leads=task.lease is not None,
            names_standbys=bool(runner.standbys),
            begun=runner.clock(),
        )
        self._vacuuming = (
            None if task.lease is None else Vacuuming(runner, task.record.name, task.backfill)
        )
        self.finished = threading.Event()  #: no lane is left
        self.dismissed = threading.Event()  #: the crew is to go home after the running chunk
        self.recognise: Callable[[Session, Origin | None], None] = _unseen
        """Asks which server this is: behind a pooler another one may lead without a word."""
        self.may_split = True  #: a second session can be had

    def needs(self, number: int, *, leads: bool) -> bool:
        """Whether the worker of that number is to go on."""
        if self.finished.is_set():
            return False
        if leads:
            return self.runner.workers == 1 or not self.may_split
        return not self.dismissed.is_set() and number < self.runner.workers

    def look(self, session: Session) -> Pace:
        """Look at what is due to be looked at; raises where the work is to end."""
        now = self._given.clock()
        if now - self._listened_at >= LISTEN_EVERY:
            self._listen(session)
            self._listened_at = now
        if self.task.lease is not None and now - self._renewed_at >= RENEW_EVERY:
            leases.fence(session, self.task.lease)
            self._renewed_at = now
        if now - self._counted_at >= COUNT_EVERY:
            self.recognise(session, self._pacer.newest)
            self.tally.renew(lanes.totals(session, self.task.record, self.task.step.name))
            self._counted_at = now
        if self._logbook.is_due(now):
            self._logbook.write(session, self.tally.now(), now)
            self._vacuum(session)
        wanted = self._wanted()
        found = self._pacer.look()
        self.readings = self._pacer.readings
        self._pace = wanted if isinstance(wanted, Hold) else combined(wanted, found)
        self._looked_at = self._given.clock()
        self._logbook.see(self._pace, self.readings)
        return self._pace

    def close(self, session: Session) -> None:
        """Watch no more signals; the next look begins again."""
        self._pacer.close()
        if self._vacuuming is not None:
            self._vacuuming.close(session)
        with suppress(DatabaseError):
            found = lanes.totals(session, self.task.record, self.task.step.name)
            self._logbook.write(session, found, self._given.clock())

    def _vacuum(self, session: Session) -> None:
        found = self.tally.now()
        at_full_speed = isinstance(self._pace, Go) and self._pace.share >= 1
        if self._vacuuming is not None and at_full_speed and found.stage == 0:
            self._vacuuming.look(session, found.written, found.estimated)

    def pace(self) -> Pace:
        """What the signals say now, where somebody looks at the ledger often enough.

        Not what was found at that look: of several workers each would go on for a while at the
        speed of before, and a standby that is slow has no time for that.
        """
        age = self._given.clock() - self._looked_at
        if age > STALE_AFTER:
            return Hold((f"the signals were last read {age:.0f} s ago",))
        wanted = self._wanted()
        return wanted if isinstance(wanted, Hold) else combined(wanted, self._pacer.now())

    def wrote(self, position: int | None) -> None:
        """A chunk was committed; what it wrote counts before a standby has said so."""
        if position is not None:
            self._pacer.wrote(position)

    def bore(self, share: float, size: int) -> bool:
        """Whether the rest after a chunk may end before its time: it would teach nothing more."""
        return self._pacer.bore(share, size)

    def safe_point(self) -> None:
        """Stop here if somebody asked for it."""
        self._given.safe_point(f"the backfill of {self.task.record.name}")

    def _listen(self, session: Session) -> None:
        control = controls.read(session, self.task.record)
        if control.wish == "cancel":
            raise CancelledError(self.task.record.name, control.asked_by)
        if control.settings != self._control.settings:
            self.runner = tuned(self._given, control.settings)
            self._pacer.tune(self.runner)
        self._control = control

    def _wanted(self) -> Pace:
        control = self._control
        if control.wish != "pause":
            return Go()
        name = self.task.record.name
        by = f"{control.asked_by} at {control.asked_at}"
        return Hold((f"paused by {by}; ec resume {name} goes on",))
