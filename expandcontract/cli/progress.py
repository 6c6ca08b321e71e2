"""What the engine does, told while it does it: a live line, plain lines, or lines of JSON."""

import sys
import time
from typing import Self, assert_never

from expandcontract.cli import output
from expandcontract.cli.figures import Rate, described, duration, lags, picture, slowed
from expandcontract.cli.live import Live
from expandcontract.engine.documents import as_document
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

PLAIN_EVERY = 5.0
"""Seconds between two plain lines about chunks or about what holds them."""


JSON_EVERY = 1.0
"""Seconds between two lines of JSON about chunks; the last chunk of a step is always told."""


class Telling:
    """Is called with every event; a context manager, since a live line has to be taken away."""

    def __init__(self, *, as_json: bool, quiet: bool = False) -> None:
        self._as_json, self._quiet = as_json, quiet
        self._now = ""
        self._rate = Rate()
        self._said_at = time.monotonic()
        self._chunk_at = -JSON_EVERY
        self._untold: ChunkDone | None = None
        self._chunk: ChunkDone | None = None
        self._live = Live(lambda: self._now, sys.stderr)

    def __enter__(self) -> Self:
        if not self._as_json and not self._quiet:
            self._live.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._tell_last()
        self._live.close()

    def __call__(self, event: Event) -> None:
        """Tell it."""
        if self._as_json:
            self._document(event)
        elif self._quiet:
            return
        elif isinstance(event, ChunkDone | Held | HealthSeen):
            self._often(event)
        else:
            self._say(self._lasting(event))

    def _document(self, event: Event) -> None:
        now = time.monotonic()
        if isinstance(event, ChunkDone) and now - self._chunk_at < JSON_EVERY:
            self._untold = event
            return
        if isinstance(event, ChunkDone):
            self._chunk_at, self._untold = now, None
        self._tell_last()
        output.say(output.as_json(as_document(event)))

    def _tell_last(self) -> None:
        """The chunk that came too soon after another, and had none after it."""
        if self._untold is not None:
            output.say(output.as_json(as_document(self._untold)))
            self._untold = None

    def _passing(self, event: ChunkDone | Held | HealthSeen) -> str:
        if isinstance(event, HealthSeen):
            return f"{'well' if event.is_well else 'not sure'}: {'; '.join(event.said)}"
        if isinstance(event, Held):
            return f"{event.step}: holds, {'; '.join(event.reasons)}"
        rate = self._rate.per_second(event.progress.rows_seen, time.monotonic())
        pace = "" if event.share >= 1 else slowed(event.share, event.readings)
        text = f"{event.step}: {described(event.progress, rate)}"
        rest = f"{lags(event.readings)}{pace}"
        return f"{text}, {rest.removesuffix(', ')}" if rest else text

    def _lasting(self, event: Event) -> str:  # noqa: C901, PLR0911, PLR0912  one for each
        match event:
            case StepSkipped(step=step):
                return output.dim(f"{step}: done already")
            case StepStarted(step=step, summary=summary):
                self._now, self._chunk = f"{step}: {summary}", None
                return "" if self._live.is_drawn else f"{step} begins: {summary}"
            case StepDone(step=step, seconds=seconds):
                return f"{step}: {output.good('done')} in {duration(seconds)}"
            case StepReverted(step=step):
                return f"{step}: taken back"
            case LockAwaited(step=step, attempt=attempt, blockers=blockers):
                held = "".join(f"\n  held by {blocker}" for blocker in blockers)
                return output.careful(f"{step}: no lock in attempt {attempt}, trying again") + held
            case Foretold(step=step, estimate=estimate):
                told = [f"{step}: {estimate}", *map(output.careful, estimate.objections)]
                return "\n  ".join(told)
            case Waited(reason=reason):
                return output.careful(reason)
            case RowFailed(step=step, error=error):
                return output.careful(f"{step}: a row fails and is left out, {error}")
            case PhaseDone(change=change, phase=phase):
                return f"{output.strong(change)}: {output.good(str(phase) + ' is over')}"
            case PhaseReverted(change=change, phase=phase):
                return f"{output.strong(change)}: {phase} was taken back"
            case ChangeCloses(change=change, goes=goes):
                lines = "".join(f"\n  {text}" for text in goes)
                return output.careful(f"{change} is closed for good; then{lines}")
            case ChangeClosed(change=change):
                return f"{output.strong(change)}: {output.good('closed')}"
            case ChunkDone() | Held() | HealthSeen():
                return self._passing(event)
            case ReadsMoved() | Returned() | BrownedOut() | GivenBack() | Warned():
                return moved(event)
            case unreachable:
                assert_never(unreachable)

    def _often(self, event: ChunkDone | Held | HealthSeen) -> None:
        """What comes many times a second: drawn, or said now and then."""
        text = self._passing(event)
        if not self._live.is_drawn:
            if time.monotonic() - self._said_at >= PLAIN_EVERY:
                self._say(text)
            return
        if isinstance(event, ChunkDone):
            self._chunk = event
        self._now = text if isinstance(event, HealthSeen) else self._drawn(event)

    def _drawn(self, event: ChunkDone | Held) -> str:
        """A bar with its figures, and below it the lag of the standbys and what slows or holds."""
        last = self._chunk if self._chunk is not None and self._chunk.step == event.step else None
        progress = None if last is None else last.progress
        if isinstance(event, Held):
            below = f"{lags(event.readings)}holds: {'; '.join(event.reasons)}"
        else:
            pace = "" if event.share >= 1 else slowed(event.share, event.readings)
            below = f"{lags(event.readings)}{pace}"
        rate = self._rate.now(time.monotonic())
        is_held = isinstance(event, Held)
        bar = picture(event.step, progress, rate, is_held=is_held, width=self._live.width)
        return f"{bar}\n{below}" if below else bar

    def _say(self, text: str) -> None:
        self._said_at = time.monotonic()
        if text:
            self._live.say(text)


def moved(event: ReadsMoved | Returned | BrownedOut | GivenBack | Warned) -> str:
    """What was done about who reads what."""
    match event:
        case ReadsMoved(change=change, percent=percent, killed=killed):
            word = output.careful("killed, ") if killed else ""
            return f"{output.strong(change)}: {word}{percent} % of the keys read the new side"
        case Returned(change=change, percent=percent, reasons=reasons):
            lines = "".join(f"\n  - {reason}" for reason in reasons)
            back = output.bad(f"taken back from {percent} % to the old side")
            return f"{output.strong(change)}: {back}{lines}"
        case BrownedOut(change=change, columns=columns, seconds=seconds):
            until = f"is out of reach for {duration(seconds)}"
            return f"{output.strong(change)}: {', '.join(columns)} {until}"
        case GivenBack(change=change, columns=columns):
            return f"{output.strong(change)}: {', '.join(columns)} is within reach again"
        case Warned(text=text):
            return output.careful(text)
