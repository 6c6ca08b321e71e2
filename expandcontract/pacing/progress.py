"""The backfill loop as a reducer: what to do next, and where we stand after it."""

from dataclasses import dataclass, replace

from expandcontract.model.backfill import Key
from expandcontract.pacing.sizing import Sizing, next_size
from expandcontract.pacing.throttle import Go, Pace


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """All that is needed to go on: rows up to `position` are done, `high` is the last key."""

    high: Key | None  #: None: the table was empty when the backfill began
    position: Key | None = None
    size: int
    rows_estimated: int | None = None
    rows_seen: int = 0
    rows_written: int = 0
    rows_failed: int = 0
    chunks: int = 0
    looks_again: bool = False  #: all rows were met; those that have moved meanwhile are looked for
    over: bool | None = None  #: of all lanes together, which have no one position

    @property
    def is_finished(self) -> bool:
        """Whether every row that was there at the start is done; later ones are the trigger's."""
        if self.over is not None:
            return self.over
        return self.high is None or self.position == self.high


@dataclass(frozen=True, slots=True)
class Run:
    """Do the next chunk: so many rows above the position."""

    low: Key | None
    size: int
    share: float


@dataclass(frozen=True, slots=True)
class Wait:
    """Ask again later."""

    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Finish:
    """Nothing is left."""


Action = Run | Wait | Finish


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What one chunk did, and how long its transaction took."""

    position: Key
    seen: int
    written: int
    took: float


def decide(progress: Progress, pace: Pace) -> Action:
    """What to do next."""
    if progress.is_finished:
        return Finish()
    if isinstance(pace, Go):
        return Run(progress.position, progress.size, pace.share)
    return Wait(pace.reasons)


def finished(progress: Progress, done: Done, sizing: Sizing) -> Progress:
    """Where we stand after a chunk."""
    return replace(
        progress,
        position=done.position,
        size=next_size(progress.size, done.took, sizing),
        rows_seen=progress.rows_seen + done.seen,
        rows_written=progress.rows_written + done.written,
        chunks=progress.chunks + 1,
    )
