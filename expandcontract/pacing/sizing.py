"""The size of the next chunk from the duration of the last one."""

from dataclasses import dataclass, replace

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


def scaled(size: int, share: float, sizing: Sizing) -> int:
    """Rows for a chunk that has only a share of the time: small, so that the rest is short too.

    >>> scaled(1000, 0.2, Sizing()), scaled(100, 0.2, Sizing()), scaled(1000, 1.0, Sizing())
    (200, 50, 1000)
    """
    return max(min(size, sizing.smallest), min(size, int(size * share)))


LAG_SHARE = 0.1
"""A chunk may take so much of the lag limit; a standby takes about as long to replay it."""

CHUNK_BYTES = 64 * 1024 * 1024


LOCKED_SHARE = 0.01
"""Of a table's rows: what a chunk may lock at its end, and twice what it has locked on average, so
that of the application's writes fewer than one in a hundred meet one of them."""

FEW = 5000
"""Rows below which a smaller chunk would be little but its transaction."""


def bounded(
    sizing: Sizing, *, lag_limit: float | None, row_bytes: float, rows: float = 0.0
) -> Sizing:
    """The sizing, with chunks that neither a lag limit, wide rows nor a small table make too large.

    >>> bounded(Sizing(target=0.1), lag_limit=0.5, row_bytes=100.0).target
    0.05
    >>> bounded(Sizing(), lag_limit=None, row_bytes=2**16).largest
    1024
    >>> bounded(Sizing(), lag_limit=None, row_bytes=100.0, rows=600_000.0).largest
    6000
    """
    if sizing.smallest == sizing.largest:  # the user's own figure
        return sizing
    target = sizing.target if lag_limit is None else min(sizing.target, lag_limit * LAG_SHARE)
    of_bytes = int(CHUNK_BYTES / row_bytes) if row_bytes > 0 else sizing.largest
    of_table = max(FEW, int(rows * LOCKED_SHARE)) if rows > 0 else sizing.largest
    largest = max(1, min(sizing.largest, of_bytes, of_table))
    return replace(
        sizing,
        target=max(target, 0.005),
        largest=largest,
        first=min(sizing.first, largest),
        smallest=min(sizing.smallest, largest),
    )
