"""The next chunk of a lane, whichever way it walks: what it writes, and where the lane is then."""

from expandcontract.model.backfill import Backfill, Chunk
from expandcontract.model.walk import BlockWalk, KeyWalk
from expandcontract.postgres import chunks, copying
from expandcontract.postgres.chunks import Lane
from expandcontract.postgres.lanes import Claimed
from expandcontract.postgres.session import Session

ROWS_IN_BLOCK = 50.0
"""Where nobody has counted."""


def pieces(backfill: Backfill, lane: Claimed, *, fleeting: bool) -> Lane:
    """The queries for the part of the table that the lane walks."""
    part = lane.walk.table
    return Lane(backfill, None if part == backfill.table else part, fleeting)


def advanced(session: Session, queries: Lane, lane: Claimed, rows: int, looking: int) -> Claimed:
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
    return _along_key(session, queries, lane, walk, rows)


def blocks_for(walk: BlockWalk, rows: int) -> int:
    """How many blocks have so many rows whose turn it is."""
    return max(1, int(rows * walk.passes / (walk.rows_in_block or ROWS_IN_BLOCK)))


def _rows_right_already(walk: BlockWalk, written: int) -> int:
    """Rows of a finished window that nobody had to write, as far as the estimate tells."""
    if walk.rows_in_block is None:
        return 0
    there = round(walk.rows_in_block * (walk.until - walk.start))
    return max(0, there - walk.written - written)


def _along_key(session: Session, queries: Lane, lane: Claimed, walk: KeyWalk, rows: int) -> Claimed:
    if walk.high is None:
        raise AssertionError
    bound = chunks.boundary(session, queries, walk.position, walk.high, rows)
    written = copying.write(session, queries, Chunk(walk.position, bound))
    seen = rows if bound != walk.high else written
    return lane.after(walk.moved(bound), seen=seen, written=written)


def _looked(session: Session, queries: Lane, lane: Claimed, rows: int, many: int) -> Claimed:
    """Reads many rows at once, and writes few where one of them differs."""
    walk = lane.walk
    if not isinstance(walk, KeyWalk) or walk.high is None:
        raise AssertionError
    bound, differs = chunks.looked(session, queries, walk.position, walk.high, many, rows)
    written = copying.write(session, queries, Chunk(walk.position, bound)) if differs else 0
    return lane.after(walk.moved(bound), seen=0, written=written)
