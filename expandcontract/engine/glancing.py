"""The last look in one query, where the table is small enough to be seen at once.

A walk by blocks is followed by a look at every row along the key, which nearly always finds that
all are right. One query tells the same for a tenth of the work, and misses no row that moves. It
holds one snapshot while it reads, so that a large table is looked at in chunks instead.
"""

from expandcontract.engine.helm import Task
from expandcontract.engine.stepping import pieces
from expandcontract.errors import ServerRefusedError
from expandcontract.model.walk import KeyWalk
from expandcontract.postgres import chunks, lanes, relations
from expandcontract.postgres.lanes import Claimed
from expandcontract.postgres.session import Session, transaction

AT_ONCE = 131_072
"""Blocks (1 GB): a second or two."""


def spared(session: Session, task: Task, lane: Claimed) -> bool:
    """Whether nothing is left to write, so that the stage of this lane is over as well."""
    looks = lane.stage > 0 and lane.chunks == 0 and isinstance(lane.walk, KeyWalk)
    if not looks or not lanes.is_first(session, lane):
        return False
    if sum(leaf.blocks for leaf in relations.leaves(session, task.backfill)) > AT_ONCE:
        return False
    whole = pieces(task.backfill, lane, fleeting=task.fleeting)
    try:
        with transaction(session, **task.local):
            if chunks.some_differ(session, whole):
                return False
            lanes.finish_stage(session, lane)
    except ServerRefusedError:
        return False  # a row that fails, a lock: the look in chunks knows what to do about each
    return True
