"""Progress as lines of the log: Alembic's own configuration shows `alembic.*` from INFO on."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from expandcontract.engine.events import (
    BrownedOut,
    ChangeClosed,
    ChangeCloses,
    ChunkDone,
    Event,
    Foretold,
    GivenBack,
    HealthSeen,
    Held,
    LockAwaited,
    PhaseDone,
    PhaseReverted,
    ReadsMoved,
    Returned,
    RowFailed,
    StepDone,
    StepReverted,
    StepSkipped,
    StepStarted,
    Waited,
    Warned,
)

log = logging.getLogger("alembic.expandcontract")

EVERY = 5.0
"""Seconds between two lines about the same backfill."""


@dataclass(slots=True)
class Telling:
    """Writes each event once; of chunks and pauses, one in a while, and how far the last came."""

    clock: Callable[[], float] = time.monotonic
    _told_at: dict[str, float] = field(default_factory=dict)
    _last: dict[str, ChunkDone] = field(default_factory=dict)

    def __call__(self, event: Event) -> None:
        """Write the line of an event."""
        if isinstance(event, ChunkDone):
            self._last[event.step] = event
            self._told_at.setdefault(event.step, self.clock())  # the first alone says nothing yet
        if isinstance(event, ChunkDone | Held) and not self._is_time_for(event.step):
            return
        if isinstance(event, StepDone) and (last := self._last.pop(event.step, None)):
            self._write(last, logging.INFO, f"{event.step}: {last.progress.rows_seen} rows")
        self._write(event, *line(event))

    def _write(self, event: Event, level: int, text: str) -> None:
        log.log(level, "%s%s", f"{event.change}: " if event.change else "", text)

    def _is_time_for(self, step: str) -> bool:
        now = self.clock()
        if now - self._told_at.get(step, float("-inf")) < EVERY:
            return False
        self._told_at[step] = now
        return True


def line(event: Event) -> tuple[int, str]:  # noqa: C901, PLR0911, PLR0912  # one for each kind
    """The level and the text of an event."""
    match event:
        case StepSkipped(step=step):
            return logging.DEBUG, f"{step}: done already"
        case StepStarted(step=step, summary=summary):
            return logging.INFO, f"{step}: {summary}"
        case StepDone(step=step, seconds=seconds):
            return logging.DEBUG, f"{step}: took {seconds:.2f} s"
        case StepReverted(step=step):
            return logging.INFO, f"{step}: taken back"
        case LockAwaited(step=step, attempt=attempt, blockers=blockers):
            held = f", held by {'; '.join(blockers)}" if blockers else ""
            return logging.WARNING, f"{step}: no lock at attempt {attempt}{held}"
        case Waited(reason=reason):
            return logging.WARNING, f"waits: {reason}"
        case Foretold(step=step, estimate=estimate):
            return logging.INFO, "; ".join([f"{step}: {estimate}", *estimate.objections])
        case ChunkDone(step=step, progress=progress):
            total = f" of about {progress.rows_estimated}" if progress.rows_estimated else ""
            return logging.INFO, f"{step}: {progress.rows_seen}{total} rows"
        case Held(step=step, reasons=reasons):
            return logging.WARNING, f"{step}: pauses: {'; '.join(reasons)}"
        case RowFailed(step=step, error=error):
            return logging.WARNING, f"{step}: a row fails and is left out, {error}"
        case PhaseDone(phase=phase):
            return logging.INFO, f"{phase} is over"
        case PhaseReverted(phase=phase):
            return logging.INFO, f"{phase} is reverted"
        case ChangeCloses(goes=goes):
            return logging.INFO, f"is closed for good; then {'; '.join(goes)}"
        case ChangeClosed():
            return logging.INFO, "is closed"
        case ReadsMoved(percent=percent):
            return logging.INFO, f"{percent} % of the keys read the new side"
        case HealthSeen(said=said):
            return logging.DEBUG, "; ".join(said)
        case Returned(percent=percent, reasons=reasons):
            return logging.WARNING, f"taken back from {percent} %: {'; '.join(reasons)}"
        case BrownedOut(columns=columns, seconds=seconds):
            return logging.INFO, f"{', '.join(columns)}: out of reach for {seconds:.0f} s"
        case GivenBack(columns=columns):
            return logging.INFO, f"{', '.join(columns)}: within reach again"
        case Warned(text=text):
            return logging.WARNING, text
