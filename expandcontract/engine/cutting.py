"""How a table is walked: which parts of it by blocks, which along a key, and in how many lanes.

Decided when a backfill begins, by the server, the expression and the indexes; never part of a plan.
"""

import re
from collections.abc import Iterator
from itertools import pairwise

from expandcontract.engine import turning
from expandcontract.engine.repeating import Repeats
from expandcontract.errors import NoWalkError
from expandcontract.model.backfill import Backfill, Key
from expandcontract.model.walk import BlockWalk, KeyWalk
from expandcontract.postgres import chunks, relations
from expandcontract.postgres.lanes import Planned
from expandcontract.postgres.pieces import Lane
from expandcontract.postgres.relations import Leaf
from expandcontract.postgres.session import Session

PAYS_FROM = 128
"""Blocks; below, a table is done in a moment either way."""

HASHED = frozenset(
    {
        "smallint", "integer", "bigint", "numeric", "uuid", "text", "character varying",
        "character", "date", "timestamp without time zone", "timestamp with time zone",
    }
)  # fmt: skip
"""Types of a key whose hash is the same in every session, without a length or a precision."""

MODIFIER = re.compile(r"\([^)]*\)")

LANE_BLOCKS = 1024
MOST_LANES = 32


def cut(session: Session, backfill: Backfill, again: Repeats) -> list[Planned]:
    """The lanes of a backfill; the bounds are read here, after the sync trigger was made."""
    found = relations.leaves(session, backfill)
    major = relations.major(session)
    _refuse(backfill, again, found, major)
    if again is not Repeats.NOTHING:
        in_turns = may_have_turns(backfill) and all(pays(backfill, leaf, major) for leaf in found)
        return list(_along_key(session, Lane(backfill), found, stage=0, in_turns=in_turns))
    if backfill.into is not None:
        return list(_along_key(session, Lane(backfill), found, stage=0))
    by_blocks = [leaf for leaf in found if pays(backfill, leaf, major) or not backfill.key]
    if not by_blocks and len(found) <= 1:
        return list(_along_key(session, Lane(backfill), found, stage=0))
    planned: list[Planned] = []
    for leaf in found:
        if leaf in by_blocks:
            planned += _by_blocks(leaf)
        else:
            planned += _along_key(session, Lane(backfill, leaf.name), [leaf], stage=0)
    # Rows move between blocks, and partitions come and go: a walk along the key misses none.
    if backfill.key:
        planned += _along_key(session, Lane(backfill), found, stage=1)
    return planned


def pays(backfill: Backfill, leaf: Leaf, major: int) -> bool:
    """Whether most updates could be HOT, and the server finds a range of blocks by itself."""
    assigned = {column for column, _ in backfill.assignments}
    return (
        major >= 14  # noqa: PLR2004  # TID range scans
        and leaf.method == "heap"
        and leaf.blocks >= PAYS_FROM
        and not assigned & leaf.indexed
    )


def may_have_turns(backfill: Backfill) -> bool:
    """Whether a row's turn can be told by its key, and the server writes rows where they are."""
    known = all(MODIFIER.sub("", kind) in HASHED for kind in backfill.key_types)
    return known and backfill.into is None


def _refuse(backfill: Backfill, again: Repeats, found: list[Leaf], major: int) -> None:
    table = backfill.table.plain
    if foreign := [leaf.name.plain for leaf in found if leaf.kind == "f"]:
        raise NoWalkError(table, f"{', '.join(foreign)} is on another server; fill it there")
    if backfill.key:
        return
    if again is not Repeats.NOTHING:
        raise NoWalkError(
            table,
            "its expression gives another result when it is applied twice, and only a unique key "
            "over NOT NULL columns tells which rows are done; add one, or write an expression "
            "that does not read what it sets",
        )
    if major < 14:  # noqa: PLR2004  # see above
        raise NoWalkError(
            table,
            "it has no unique key over NOT NULL columns, and this server (before 14) cannot walk "
            "its blocks; add a key",
        )


def _by_blocks(leaf: Leaf, stage: int = 0, passes: int | None = None) -> Iterator[Planned]:
    """Lanes of whole windows."""
    windows = -(-leaf.blocks // turning.WINDOW)
    lanes = min(MOST_LANES, max(1, leaf.blocks // LANE_BLOCKS))
    edges = [min(leaf.blocks, windows * at // lanes * turning.WINDOW) for at in range(lanes + 1)]
    for low, high in pairwise(edges):
        walk = BlockWalk(
            table=leaf.name,
            end=high,
            passes=passes or turning.passes(leaf.rows_in_block),
            window=turning.WINDOW,
            start=low,
            at=low,
            rows_in_block=leaf.rows_in_block,
        )
        rows = None if leaf.rows is None else leaf.rows * (high - low) // max(1, leaf.blocks)
        yield Planned(walk=walk, stage=stage, rows=rows)


def _along_key(
    session: Session, lane: Lane, found: list[Leaf], *, stage: int, in_turns: bool = False
) -> Iterator[Planned]:
    high = chunks.last_key(session, lane)
    blocks = sum(leaf.blocks for leaf in found)
    counts = [leaf.rows for leaf in found]
    rows = None if any(count is None for count in counts) else sum(count or 0 for count in counts)
    lanes = min(MOST_LANES, max(1, blocks // LANE_BLOCKS))
    inner: list[Key] = []
    if lanes > 1 and high is not None:
        inner = [key for key in relations.cuts(session, lane, blocks, lanes) if key != high]
    edges: list[Key | None] = [None, *inner, high]
    table = lane.part or lane.backfill.table
    for low, end in pairwise(edges):
        walk = KeyWalk(table=table, position=low, high=end, in_turns=in_turns)
        share = None if rows is None or stage > 0 else rows // (len(edges) - 1)
        yield Planned(walk=walk, stage=stage, rows=share)


def anew(session: Session, backfill: Backfill) -> list[Planned]:
    """The whole table once more, for rows that all lanes have left as they were."""
    found = relations.leaves(session, backfill)
    if not backfill.key:
        return another_look(found)
    return list(_along_key(session, Lane(backfill), found, stage=1))


def another_look(found: list[Leaf]) -> list[Planned]:
    """Every block once more, for a table without a key whose rows have moved meanwhile."""
    return [lane for leaf in found for lane in _by_blocks(leaf, stage=1, passes=1)]
