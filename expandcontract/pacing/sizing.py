"""The size of the next chunk from the duration of the last one."""

from dataclasses import dataclass

FIRST = 500
SMALLEST = 50
LARGEST = 20_000
"""Batches of 50,000 made writers of a busy table wait for seconds."""

GROWTH = 1.5
"""At most so much per step: a gap in the keys makes one chunk look fast, not the next."""

FAR_OVER = 5.0
"""A chunk that took so many times the target is cut to a tenth at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizing:
    """The target duration of a chunk in seconds, and the limits of its size in rows."""

    target: float = 0.1
    first: int = FIRST
    smallest: int = SMALLEST
    largest: int = LARGEST


def next_size(size: int, took: float, sizing: Sizing) -> int:
    """Rows for the next chunk.

    >>> next_size(1000, 0.05, Sizing(target=0.1))
    1500
    >>> next_size(1000, 0.2, Sizing(target=0.1))
    500
    >>> next_size(1000, 0.6, Sizing(target=0.1))
    100
    """
    if took >= FAR_OVER * sizing.target:
        wanted = size / 10
    else:
        wanted = min(size * GROWTH, size * sizing.target / max(took, 1e-6))
    return max(sizing.smallest, min(sizing.largest, int(wanted)))
