"""The next chunk of a lane, whichever way it walks: what it writes, and where the lane is then."""

from collections.abc import Callable

from expandcontract.engine import turning
from expandcontract.model.backfill import Backfill, Chunk, Key
from expandcontract.model.walk import BlockWalk, KeyWalk, KeyWindow
from expandcontract.postgres import chunks, copying
from expandcontract.postgres.lanes import Claimed
from expandcontract.postgres.pieces import Lane
from expandcontract.postgres.session import Session

SAMPLE = 64
"""Rows that tell whether a table lies in the order of its key."""

ALMOST = 1.3
"""Times the rows of a chunk."""

ROWS_IN_BLOCK = 50.0
"""Where nobody has counted."""

Write = Callable[[Session, Lane, Chunk], int]
"""Writes the rows of a chunk along the key, and counts them."""


def pieces(backfill: Backfill, lane: Claimed, *, fleeting: bool) -> Lane:
    """The queries for the part of the table that the lane walks."""
    part = lane.walk.table
    return Lane(backfill, None if part == backfill.table else part, fleeting)


def advanced(
    session: Session, queries: Lane, lane: Claimed, rows: int, looking: int, write: Write
) -> Claimed:
    """Write about so many rows, within the caller's transaction; the lane as it is afterwards.

    A later stage looks at what the first has done, many rows at once: they are counted already.
    """
    walk = lane.walk
    if isinstance(walk, BlockWalk):
        chunk = walk.chunk(blocks_for(walk, rows))
        written = copying.write(session, queries, chunk)
        moved = walk.moved(chunk, written)
        seen = written if lane.stage == 0 else 0
        if lane.stage == 0 and moved.start != walk.start:
            seen += _rows_right_already(walk, written)
        return lane.after(moved, seen=seen, written=written)
    if lane.stage > 0:
        return _looked(session, queries, lane, rows, looking)
    if walk.in_turns:
        walk = opened(session, queries, walk, rows)
        return _in_turns(session, queries, lane, walk, rows, write)
    return _along_key(session, queries, lane, walk, rows, write)


def blocks_for(walk: BlockWalk, rows: int) -> int:
    """How many blocks have so many rows whose turn it is."""
    return max(1, int(rows * walk.passes / (walk.rows_in_block or ROWS_IN_BLOCK)))


def _rows_right_already(walk: BlockWalk, written: int) -> int:
    """Rows of a finished window that nobody had to write, as far as the estimate tells."""
    if walk.rows_in_block is None:
        return 0
    there = round(walk.rows_in_block * (walk.until - walk.start))
    return max(0, there - walk.written - written)


def _along_key(
    session: Session, queries: Lane, lane: Claimed, walk: KeyWalk, rows: int, write: Write
) -> Claimed:
    bound = bound_of(session, queries, walk, rows)
    written = write(session, queries, walk.chunk(bound))
    seen = rows if bound != walk.high else written
    return lane.after(walk.moved(bound), seen=seen, written=written)


def opened(session: Session, queries: Lane, walk: KeyWalk, rows: int) -> KeyWalk:
    """The walk with a window of keys, where its turns want one.

    Turns are for rows that lie in the order of the key: of others a window has one or two on a
    page, which find room at once, and to go over them again would read all those pages again. So
    it is with rows of which few are meant. Where one fails and is looked for, it is a window.
    """
    if not walk.in_turns or walk.window is not None or walk.high is None:
        return walk
    rest = Chunk(walk.position, walk.high)
    on_page, meant = chunks.lying(session, queries, rest, min(SAMPLE, rows))
    passes = turning.passes_by_key(meant)
    size = rows if passes == 1 else int(on_page * turning.WINDOW)
    until = chunks.boundary_in(session, queries, rest, size)
    if until == walk.high:
        size = chunks.count(session, queries, rest)
    return walk.opened(KeyWindow(until=until, passes=passes, rows=size))


def next_of(session: Session, queries: Lane, walk: KeyWalk) -> Key | None:
    """The key of the next row: in its turn, where a window is open; None where there is none."""
    return chunks.first_in(session, queries, walk.chunk(walk.top))


def bound_of(session: Session, queries: Lane, walk: KeyWalk, rows: int) -> Key:
    """Up to where the next chunk of so many rows goes: in its turn, where a window is open."""
    return chunks.boundary_in(session, queries, walk.chunk(walk.top), rows)


def _in_turns(
    session: Session, queries: Lane, lane: Claimed, walk: KeyWalk, rows: int, write: Write
) -> Claimed:
    window = walk.window
    if window is None:
        raise AssertionError
    # A turn that is hardly more than one chunk is one: to find its end would be one more scan.
    whole = rows > 1 and window.at is None and window.rows / window.passes <= rows * ALMOST
    bound = window.until
    if not (whole and window.is_even):
        bound = bound_of(session, queries, walk, int(rows * ALMOST) if whole else rows)
    written = write(session, queries, walk.chunk(bound))
    moved = walk.moved(bound, written)
    left = max(0, window.rows - window.met - written) if moved.window is None else 0
    return lane.after(moved, seen=written + left, written=written)


def _looked(session: Session, queries: Lane, lane: Claimed, rows: int, many: int) -> Claimed:
    """Reads many rows at once, and writes few where one of them differs."""
    walk = lane.walk
    if not isinstance(walk, KeyWalk) or walk.high is None:
        raise AssertionError
    bound, differs = chunks.looked(session, queries, walk.position, walk.high, many, rows)
    written = copying.write(session, queries, Chunk(walk.position, bound)) if differs else 0
    return lane.after(walk.moved(bound), seen=0, written=written)
