"""What the engine does, told while it does it: a live line, plain lines, or lines of JSON."""

import re
import sys
import time
from collections import deque
from collections.abc import Iterable
from dataclasses import asdict, fields
from typing import Self, assert_never

from expandcontract.cli import output
from expandcontract.cli.live import Live
from expandcontract.engine.events import (
    BrownedOut,
    ChangeClosed,
    ChangeCloses,
    ChunkDone,
    Event,
    Foretold,
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
from expandcontract.pacing.progress import Progress
from expandcontract.pacing.throttle import Reading
from expandcontract.pacing.units import shown

WINDOW = 30.0
"""Seconds over which the rate is measured: long enough to hold the pauses too."""

PLAIN_EVERY = 5.0
"""Seconds between two plain lines about chunks or about what holds them."""


JSON_EVERY = 1.0
"""Seconds between two lines of JSON about chunks; the last chunk of a step is always told."""


class Rate:
    """Rows a second over the last half minute, pauses included."""

    def __init__(self) -> None:
        self._points: deque[tuple[float, int]] = deque()

    def per_second(self, seen: int, at: float) -> float:
        """Note how far it is, and say how fast that was."""
        if self._points and self._points[-1][1] > seen:
            self._points.clear()  # another step began
        self._points.append((at, seen))
        while at - self._points[0][0] > WINDOW:
            self._points.popleft()
        begun, before = self._points[0]
        return 0.0 if at <= begun else (seen - before) / (at - begun)


def described(progress: Progress, rate: float) -> str:
    """How far, how fast, and how long still; nothing is promised that is not known.

    >>> at = Progress(high=("9",), size=1, rows_seen=1500, rows_estimated=6000)
    >>> described(at, 500.0)
    '1,500 of about 6,000 rows, 500 rows/s, about 9 s left'
    """
    seen, estimated = progress.rows_seen, progress.rows_estimated
    text = f"{seen:,}"
    if estimated is not None and estimated >= seen:
        text += f" of about {estimated:,}"
    text += f" rows, {rate:,.0f} rows/s"
    if progress.is_finished:
        return text
    if estimated is None:
        return f"{text}, time left unknown: the table was never analysed"
    if estimated < seen:
        return f"{text}, time left unknown: there are more rows than estimated"
    return text if rate < 1 else f"{text}, about {duration((estimated - seen) / rate)} left"


def lags(readings: Iterable[Reading]) -> str:
    """The lag of each standby.

    >>> lags([Reading(signal="replication_lag", of="b", value=0.25, limit=5.0)])
    ', lag b 0.25 s'
    """
    found = [
        f"{reading.of} {shown(reading.value, reading.unit)}"
        for reading in readings
        if reading.signal == "replication_lag" and reading.value is not None
    ]
    return f", lag {', '.join(found)}" if found else ""


def slowed(share: float, readings: Iterable[Reading]) -> str:
    """How much slower it goes, and because of what."""
    loads = [(reading.load or 0.0, reading.name) for reading in readings]
    load, name = max(loads, default=(0.0, ""))
    because = f"by {name}" if load > 0.5 else "until the standbys are known"  # noqa: PLR2004  # half
    return f", slowed to {share:.0%} {because}"


def duration(seconds: float) -> str:
    """A length of time in two figures.

    >>> [duration(s) for s in (0.04, 9.2, 80, 4000)]
    ['0.04 s', '9 s', '1 min 20 s', '1 h 6 min']
    """
    if seconds < 1:
        return f"{seconds:.2f} s"
    whole = round(seconds)
    if whole < 60:  # noqa: PLR2004  # seconds in a minute
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:  # noqa: PLR2004  # minutes in an hour
        return f"{minutes} min {rest} s"
    return f"{minutes // 60} h {minutes % 60} min"


class Telling:
    """Is called with every event; a context manager, since a live line has to be taken away."""

    def __init__(self, *, as_json: bool, quiet: bool = False) -> None:
        self._as_json, self._quiet = as_json, quiet
        self._now = ""
        self._rate = Rate()
        self._said_at = time.monotonic()
        self._chunk_at = -JSON_EVERY
        self._untold: ChunkDone | None = None
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
            self._often(self._passing(event))
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
        return f"{text}{lags(event.readings)}{pace}"

    def _lasting(self, event: Event) -> str:  # noqa: C901, PLR0911, PLR0912  one for each
        match event:
            case StepSkipped(step=step):
                return output.dim(f"{step}: done already")
            case StepStarted(step=step, summary=summary):
                self._now = f"{step}: {summary}"
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
            case ReadsMoved() | Returned() | BrownedOut() | Warned():
                return moved(event)
            case unreachable:
                assert_never(unreachable)

    def _often(self, text: str) -> None:
        """What comes many times a second: drawn, or said now and then."""
        self._now = text
        if not self._live.is_drawn and time.monotonic() - self._said_at >= PLAIN_EVERY:
            self._say(text)

    def _say(self, text: str) -> None:
        self._said_at = time.monotonic()
        if text:
            self._live.say(text)


def moved(event: ReadsMoved | Returned | BrownedOut | Warned) -> str:
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
            until = (
                f"is out of reach for {duration(seconds)}" if seconds else "is within reach again"
            )
            return f"{output.strong(change)}: {', '.join(columns)} {until}"
        case Warned(text=text):
            return output.careful(text)


def as_document(event: Event) -> dict[str, object]:
    """The event as a line of JSON: `{"event": "chunk_done", …}`.

    >>> as_document(StepSkipped("users.rename", "twin"))
    {'event': 'step_skipped', 'change': 'users.rename', 'step': 'twin'}
    """
    kind = re.sub(r"(?<=.)(?=[A-Z])", "_", type(event).__name__).lower()
    found = {f.name: getattr(event, f.name) for f in fields(event)}
    if "readings" in found:
        found["readings"] = [reading_document(one) for one in found["readings"]]
    if isinstance(event, Foretold):
        found["estimate"] = asdict(event.estimate)
    return {"event": kind, **found}


def reading_document(reading: Reading) -> dict[str, object]:
    """A reading without what is only for deciding."""
    names = ("signal", "of", "value", "limit", "unit", "problem", "expected")
    found = {name: getattr(reading, name) for name in names}
    return {
        name: None if value in {float("inf"), float("-inf")} else value
        for name, value in found.items()
        if value != ""
    }
