"""The figures of a backfill for people: how far, how fast, how long still, and what slows it."""

from collections import deque
from collections.abc import Iterable

from expandcontract.pacing.progress import Progress
from expandcontract.pacing.throttle import Reading
from expandcontract.pacing.units import shown

WINDOW = 30.0
"""Seconds over which the rate is measured: long enough to hold the pauses too."""

FULL, EMPTY = "━", "─"
LEAST_BAR, MOST_BAR = 10, 40


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
        return self.now(at)

    def now(self, at: float) -> float:
        """How fast it was, up to a moment in which nothing may have been done."""
        if not self._points:
            return 0.0
        begun, before = self._points[0]
        return 0.0 if at <= begun else (self._points[-1][1] - before) / (at - begun)


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
    if progress.looks_again:
        return f"{seen:,} rows done, looking once more for rows that have moved"
    if estimated is None:
        return f"{text}, time left unknown: the table was never analysed"
    if estimated < seen:
        return f"{text}, time left unknown: there are more rows than estimated"
    return text if rate < 1 else f"{text}, about {duration((estimated - seen) / rate)} left"


def picture(step: str, progress: Progress | None, rate: float, *, is_held: bool, width: int) -> str:
    """A bar as wide as there is room for, and the figures behind it.

    >>> at = Progress(high=("9",), size=1, rows_seen=1500, rows_estimated=6000)
    >>> print(picture("copy", at, 500.0, is_held=False, width=80))
    copy ━━━──────────── 25 % 1,500 of about 6,000 rows, 500 rows/s, about 9 s left
    >>> print(picture("copy", at, 500.0, is_held=True, width=60))
    copy ━━──────── 25 % 1,500 of about 6,000 rows, no end in sight while it holds
    """
    if progress is None:
        return f"{step}: nothing was done yet"
    figures = described(progress, rate)
    if is_held:
        figures = f"{figures.partition(' rows')[0]} rows, no end in sight while it holds"
    estimated = progress.rows_estimated
    if not estimated:
        return f"{step} {figures}"
    share = min(1.0, progress.rows_seen / estimated)
    room = max(LEAST_BAR, min(MOST_BAR, width // 4, width - len(step) - len(figures) - 8))
    full = int(share * room)
    return f"{step} {FULL * full}{EMPTY * (room - full)} {share:.0%} {figures}".replace(
        "%", " %", 1
    )


def lags(readings: Iterable[Reading]) -> str:
    """The lag of each standby.

    >>> lags([Reading(signal="replication_lag", of="b", value=0.25, limit=5.0)])
    'lag b 0.25 s, '
    """
    found = [
        f"{reading.of} {shown(reading.value, reading.unit)}"
        for reading in readings
        if reading.signal == "replication_lag" and reading.value is not None
    ]
    return f"lag {', '.join(found)}, " if found else ""


def slowed(share: float, readings: Iterable[Reading]) -> str:
    """How much slower it goes, and because of what."""
    loads = [(reading.load or 0.0, reading.name) for reading in readings]
    load, name = max(loads, default=(0.0, ""))
    because = f"by {name}" if load > 0.5 else "until the standbys are known"  # noqa: PLR2004  # half
    return f"slowed to {share:.0%} {because}"


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
