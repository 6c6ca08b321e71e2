"""What a backfill will cost, from a sample that is written and rolled back.

And what speaks against it: slots that would be lost, snapshots that keep every dead row.
"""

from collections.abc import Iterator
from dataclasses import replace

from expandcontract.engine.events import Foretold
from expandcontract.engine.repeating import Repeats, repeats
from expandcontract.engine.runner import Runner
from expandcontract.errors import NoRoomError, ServerRefusedError
from expandcontract.model.backfill import Backfill
from expandcontract.model.plan import Step
from expandcontract.pacing.estimate import Estimate
from expandcontract.pacing.units import Unit, shown
from expandcontract.postgres import chunks, relations, sampling
from expandcontract.postgres.lanes import Totals
from expandcontract.postgres.ledger import Record
from expandcontract.postgres.pieces import Lane
from expandcontract.postgres.relations import Leaf
from expandcontract.postgres.sampling import Looked, Tried
from expandcontract.postgres.session import Session, undone

OLD = 60.0
"""Seconds from which on a snapshot is in the way."""

BLOCK = 8192

RECORD = 60
"""Bytes of a record of the log besides what it carries; a row and its index entries are two."""

TRIED = "a sample of {:,} rows was written and rolled back"
RECKONED = "reckoned from the width of rows, nothing was tried: {}"


TOOK_TOO_LONG = "57014"

FROM_ROWS = 100_000
"""From so many on it is measured at the start of a run, too."""


def foretell(runner: Runner, record: Record, step: Step, backfill: Backfill, done: Totals) -> None:
    """Before the first row of a large table: tell what comes, or refuse what does not fit.

    One that goes on is measured only where it may be refused.
    """
    found = relations.leaves(runner.session, backfill)
    is_large = sum(leaf.rows or 0 for leaf in found) >= FROM_ROWS
    if runner.free_disk is None and (done.lanes or not is_large):
        return
    try:
        expected = estimate(runner, backfill, seen=done.seen)
    except ServerRefusedError as error:
        expected = Estimate(rows=None, how=error.message)
    runner.tell(Foretold(record.name, step.name, expected))
    refuse_what_does_not_fit(runner, record.name, expected, done.seen)


def refuse_what_does_not_fit(runner: Runner, name: str, expected: Estimate, done: int) -> None:
    """The server does not tell how much room its disk has; whoever knows has said so."""
    growth, free = expected.growth_bytes, runner.free_disk
    if free is not None and growth is not None and growth > free:
        raise NoRoomError(name, growth, free, done)


def estimate(runner: Runner, backfill: Backfill, *, seen: int = 0) -> Estimate:
    """Measure, for the rows that are left."""
    session = runner.session
    found = relations.leaves(session, backfill)
    if not found or any(leaf.kind == "f" for leaf in found):
        return Estimate(rows=None, how="it cannot be sampled")
    if not any(leaf.blocks for leaf in found):
        return Estimate(
            rows=0, wal_bytes=0, dead_rows=0, growth_bytes=0, seconds=0.0, how="no rows"
        )
    try:
        leaf, looked, tried, how = _sampled(session, backfill, found)
    except ServerRefusedError as error:
        if error.sqlstate != TOOK_TOO_LONG:
            raise
        return Estimate(rows=None, how=f"the sample took too long: {error.message}")
    blocks = sum(one.blocks for one in found)
    total = int(looked.rows * blocks / max(1, min(leaf.blocks, sampling.PAGES)))
    known = [one.rows for one in found if one.rows is not None]
    if len(found) == 1 and blocks <= sampling.PAGES:
        total = looked.rows  # all of it was read
    elif len(known) == len(found):
        total = sum(known)
    # A row that is done may look like one that is not, or not: either way these are the most.
    most = int(total * looked.differing / looked.rows) if looked.rows else 0
    rows = max(0, min(most, total - seen))
    if leaf.rows is None and looked.rows:  # nobody has counted: what the sample's pages held
        pages = min(leaf.blocks, sampling.PAGES)
        leaf = replace(leaf, rows=max(1, looked.rows * leaf.blocks // pages))
    made = _figures(session, leaf, rows, tried, how)
    return replace(made, objections=tuple(_objections(session, made)))


def _sampled(
    session: Session, backfill: Backfill, found: list[Leaf]
) -> tuple[Leaf, Looked, Tried | None, str]:
    """Read some rows, and write some where nothing of the application's would notice.

    Of the largest partition where there is something to do: a larger one may be done already.
    """
    silence = chunks.may_silence_triggers(session, relations.major(session))
    fleeting = repeats(session, backfill) is Repeats.ANOTHER_VALUE
    for leaf in sorted(found, key=lambda one: one.blocks, reverse=True):
        lane = Lane(backfill, None if leaf.name == backfill.table else leaf.name, fleeting)
        with undone(session, **sampling.settings(backfill, silence=silence)):
            looked = sampling.look(session, lane, leaf)
        if looked.differing:
            break
    return leaf, looked, *_tried(session, lane, leaf, looked, silence=silence)


def _tried(
    session: Session, lane: Lane, leaf: Leaf, looked: Looked, *, silence: bool
) -> tuple[Tried | None, str]:
    backfill = lane.backfill
    if backfill.reads:
        return None, RECKONED.format("a function gives the values")
    target = str(backfill.into.table if backfill.into else leaf.name)
    if not silence and sampling.has_triggers(session, target):
        return None, RECKONED.format("the table's triggers would fire")
    if not looked.places:
        return None, "no row of the sample is to be written"
    try:
        with undone(session, **sampling.settings(backfill, silence=silence)):
            tried = sampling.try_to_write(session, lane, looked.places)
    except ServerRefusedError as error:
        return None, RECKONED.format(error.message)
    if tried is None:
        return None, RECKONED.format("all rows of the sample are locked")
    return tried, TRIED.format(tried.rows)


def _figures(session: Session, leaf: Leaf, rows: int, tried: Tried | None, how: str) -> Estimate:
    """From one row to all of them."""
    width = BLOCK / (leaf.rows_in_block or 1.0)
    entries = sampling.index_entry_bytes(session, leaf)
    hot = 0.0 if tried is None else tried.hot
    wal = width + entries + 2 * RECORD if tried is None else tried.wal_bytes / tried.rows
    return Estimate(
        rows=rows,
        wal_bytes=int(rows * wal),
        dead_rows=rows,
        growth_bytes=int(rows * (1 - hot) * (width + entries)),
        seconds=None if tried is None else rows * tried.seconds / tried.rows,
        how=how,
    )


def _objections(session: Session, found: Estimate) -> Iterator[str]:
    """What can be seen from here that makes it unwise now."""
    try:
        slots = sampling.narrow_slots(session, float(found.wal_bytes or 0))
        snapshots = sampling.old_snapshots(session, OLD)
    except ServerRefusedError as error:
        yield f"slots and snapshots could not be looked at ({error.message})"
        return
    for name, left in slots:
        yield (
            f"slot {name} has {shown(left, Unit.BYTES)} left before it is lost, more log comes; "
            "let its reader catch up, or raise max_slot_wal_keep_size"
        )
    for of, age in snapshots:
        yield (
            f"{of} has held a snapshot for {shown(age, Unit.SECONDS)}: no dead row goes while it "
            "lasts, and the table grows by all of them; end it first"
        )
