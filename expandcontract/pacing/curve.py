"""Samples of a backfill as curves, and why it was slow: figures for a report."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_REASON = re.compile(r"(.+?) (?:is|was|by process)\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A value at a moment, in seconds since the first sample began; None is a gap."""

    at: float
    value: float | None


def rates(ends: Sequence[float], seconds: Sequence[float], rows: Sequence[int]) -> list[Point]:
    """Rows a second of each stretch, with a gap where nobody was at work.

    >>> rates([1.0, 2.0, 9.0], [1.0, 1.0, 1.0], [100, 300, 350])[-1].value
    50.0
    >>> [point.value for point in rates([1.0, 9.0], [1.0, 1.0], [100, 150])]
    [100.0, None, 50.0]
    """
    found: list[Point] = []
    before, ended = 0, 0.0
    for end, took, seen in zip(ends, seconds, rows, strict=True):
        if end - took - ended > took + 1:
            found.append(Point(at=(ended + end - took) / 2, value=None))
        found.append(Point(at=end, value=max(0, seen - before) / took if took > 0 else 0.0))
        before, ended = seen, end
    return found


def reasons(found: Iterable[tuple[str | None, float, float]]) -> dict[str, tuple[float, float]]:
    """For how many seconds each reason held, and slowed; from (reason, share, seconds).

    >>> reasons([("replication_lag of b is 2.1 s, limit 1 s", 0.0, 3.0), ("slowed by x", 0.5, 2.0)])
    {'replication_lag of b': (3.0, 0.0), 'x': (0.0, 2.0)}
    """
    total: dict[str, tuple[float, float]] = {}
    for reason, share, seconds in found:
        for one in (reason or "").split("; "):
            name = brief(one)
            if name and share < 1:
                held, slowed = total.get(name, (0.0, 0.0))
                is_held = not one.startswith(SLOWED)
                total[name] = (held + seconds * is_held, slowed + seconds * (not is_held))
    return total


SLOWED = "slowed by "


def brief(reason: str) -> str:
    """A reason without its figures.

    >>> brief("paused by process 7 on db at 2026-11-21"), brief("slowed by wal_rate"), brief("odd")
    ('paused', 'wal_rate', 'odd')
    """
    found = _REASON.match(reason)
    return (found[1] if found else reason).removeprefix(SLOWED)
