"""Rows that were to be written and were not, and no error said so: a trigger returned NULL.

An UPDATE does not tell of them, and no chunk asks. Where the table has a trigger that could have
done it, the whole table is looked at once more when all lanes are done.
"""

from contextlib import suppress
from typing import LiteralString

from expandcontract.engine.cutting import anew
from expandcontract.engine.events import Waited
from expandcontract.engine.helm import Task
from expandcontract.engine.repeating import Repeats
from expandcontract.engine.runner import Runner
from expandcontract.errors import RowsWithheldError, ServerRefusedError
from expandcontract.model.backfill import Backfill, Chunk, Key, OneRow
from expandcontract.postgres import chunks, lanes
from expandcontract.postgres.pieces import Lane
from expandcontract.postgres.relations import withholding
from expandcontract.postgres.session import Session, transaction

LATER = 1000
"""The number of the first lane of a later look."""

SAMPLES = 5
HAS_RULES: LiteralString = """
    SELECT coalesce(bool_or(relhasrules), false) FROM pg_catalog.pg_class
    WHERE oid = pg_catalog.to_regclass(%(table)s)
"""
PIECE = 50_000
"""Rows that one query looks at."""


def refuse_withheld(runner: Runner, task: Task, again: Repeats) -> None:
    """Raise where rows still differ that are not to be had; the next run walks the table anew."""
    session, backfill, record = runner.session, task.backfill, task.record
    if backfill.into is not None:  # the trigger of another table, which the verification tells
        return
    if backfill.reads:  # each chunk has told, and put them into quarantine
        return
    triggers = withholders(session, backfill, task.local)
    if again is not Repeats.NOTHING:
        if late := set(triggers) - set(task.guards):
            named = ", ".join(sorted(late))
            text = f"whether {named} kept rows from being written is not known"
            runner.tell(Waited(record.name, text))
        return
    if not triggers:
        return
    lane = Lane(backfill)
    rows = _differing(runner, task, lane)
    if not rows:
        return
    left = _still_differing(runner, task, lane) if backfill.key else []
    if backfill.key and not left:
        return
    with transaction(session, **chunks.EVERY_ROW):
        lanes.forget_stage(session, record, task.step.name, 1)
        lanes.begin(session, record, task.step.name, anew(session, backfill), first=LATER)
    samples = tuple(", ".join(key) for key in left[:SAMPLES])
    raise RowsWithheldError(record.name, task.step.name, rows, triggers, samples)


def _still_differing(runner: Runner, task: Task, lane: Lane) -> list[Key]:
    """Rows that differ although they were written once more, so that nobody has just made them.

    Where none of a few does, there may be one among more; rows that the application has just made
    are equal then, and not met again.
    """
    left: list[Key] = []
    for most in (SAMPLES, SAMPLES * 10, SAMPLES * 100):
        with transaction(runner.session, **chunks.EVERY_ROW):
            keys = chunks.some_differing(runner.session, lane, most)
        left = [key for key in keys if _differs_still(runner, task, lane, key)]
        if left or len(keys) < most:
            break
    return left


def _differing(runner: Runner, task: Task, lane: Lane) -> int:
    """Rows that differ: by key in small pieces, since one long query keeps vacuum from its work."""
    session, found, low = runner.session, 0, None
    if not task.backfill.key:
        with transaction(session, **chunks.EVERY_ROW):
            return chunks.count_differing(session, lane)
    with transaction(session, **chunks.EVERY_ROW):
        last = chunks.last_key(session, lane)
    while last is not None and low != last:
        runner.safe_point(f"the backfill of {task.record.name}")
        with runner.reading(), transaction(session, **chunks.EVERY_ROW):
            bound = chunks.boundary(session, lane, low, last, PIECE)
            _, wrong, _ = chunks.compare(session, lane, Chunk(low, bound))
        found, low = found + wrong, bound
    return found


def withholders(session: Session, backfill: Backfill, local: dict[str, str]) -> tuple[str, ...]:
    """The triggers that can have kept rows from being written, as the chunks let them fire."""
    is_silent = "session_replication_role" in local
    return withholding(session, backfill.table, is_silent=is_silent)


def guards(session: Session, backfill: Backfill, local: dict[str, str]) -> tuple[str, ...]:
    """The same, where each chunk counts what it writes; a rule would not let it.

    Copies are left to the verification, which sees the other table's rows.
    """
    [(has_rules,)] = session.rows(HAS_RULES, {"table": str(backfill.table)})
    if has_rules or backfill.into is not None:
        return ()
    return withholders(session, backfill, local)


def _differs_still(runner: Runner, task: Task, lane: Lane, key: Key) -> bool:
    """Whether the row is as it was although it was written once more, by itself."""
    with suppress(ServerRefusedError), transaction(runner.session, **task.local):
        chunks.write(runner.session, lane, OneRow(key))
        return chunks.differs_at(runner.session, lane, key)
    return True
