"""Vacuums the table between chunks, so that a backfill that no pruning helps does not double it.

Beside the work, in a thread with a connection of its own; it holds up nobody, and nobody waits
for it.
"""

import threading
from contextlib import suppress
from dataclasses import dataclass, field

from expandcontract.engine.events import Waited
from expandcontract.engine.runner import Runner
from expandcontract.errors import DatabaseError
from expandcontract.model.backfill import Backfill
from expandcontract.postgres import sampling, vacuum
from expandcontract.postgres.session import OWN_BACKEND, Session

SHARE = 0.1
"""Of the table's rows: written, and then found dead."""

LARGE = 50_000_000
"""Rows from which on it is done less often: each vacuum reads again what the others have read."""

LEAST = 10_000
"""Dead rows that are not worth a vacuum."""

FLUSH = 1.0
"""Seconds after which the server's statistics know what was written."""


@dataclass(slots=True)
class Vacuuming:
    """Asked at every look, with how many rows were written by now."""

    runner: Runner
    name: str
    backfill: Backfill
    _from: int | None = None
    _again_at: float = float("-inf")
    _share: float = SHARE
    _thread: threading.Thread | None = None
    _pid: int | None = None
    _may: bool | None = None
    ran: int = 0  #: how often
    _over: threading.Event = field(default_factory=threading.Event)

    def look(self, session: Session, written: int, rows: int | None) -> None:
        """Begin one where enough was written since the last, and most of it is still there."""
        if self._from is None:
            self._from = written
        share = self._share if (rows or 0) < LARGE else 2.5 * self._share
        step = max(LEAST, int((rows or 0) * share))
        is_running = self._thread is not None and self._thread.is_alive()
        now = self.runner.clock()
        if is_running or written - self._from < step or now < self._again_at:
            return
        self._again_at = now + FLUSH / 2
        if self._is_wanted(session, step):
            self._from = written
            self._begin()

    def close(self, session: Session) -> None:
        """End what is running."""
        self._over.set()
        thread, pid = self._thread, self._pid
        if thread is None or not thread.is_alive():
            return
        if pid is not None:
            with suppress(DatabaseError):
                vacuum.cancel(session, pid)
        thread.join(timeout=2.0)

    def _is_wanted(self, session: Session, step: int) -> bool:
        if "vacuums" in self.runner.limits:
            return False
        table = vacuum.written(self.backfill)
        if self._may is None:
            self._may = vacuum.may_vacuum(session, table)
        return self._may and vacuum.dead_rows(session, table)[0] >= step // 2

    def _begin(self) -> None:
        session = self.runner.session.sibling()
        if session is None:
            self._may = False
            return
        self._thread = threading.Thread(target=self._run, args=(session,), daemon=True)
        self._thread.start()

    def _run(self, session: Session) -> None:
        """One vacuum, and a look at what it could not remove."""
        table = vacuum.written(self.backfill)
        try:
            self._pid = None if session.is_pooled() else int(session.rows(OWN_BACKEND)[0][0])
            before, _ = vacuum.dead_rows(session, table)
            vacuum.run(session, table, pooled=self._pid is None)
            self.ran += 1
            after, _ = vacuum.dead_rows(session, table)
            if after > before / 2 and not self._over.is_set():
                self._share *= 2
                self._tell(session, after)
            else:
                self._share = SHARE
        except DatabaseError:
            self._share *= 2  # it was ended, or the connection was: later
        finally:
            self._pid = None
            session.close()

    def _tell(self, session: Session, dead: int) -> None:
        """Who keeps the dead rows."""
        held = sampling.old_snapshots(session, 1.0)
        by = f"; {held[0][0]} has held a snapshot for {held[0][1]:.0f} s" if held else ""
        text = f"vacuum cannot remove {dead:,} dead rows yet{by}"
        self.runner.tell(Waited(self.name, text))
