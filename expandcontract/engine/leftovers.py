"""What nobody will take away any more: broken indexes, helpers without a change, dead leases."""

import re
from collections.abc import Iterator

from expandcontract.model.phase import Phase
from expandcontract.model.returning import ways_on
from expandcontract.postgres import checkup as queries
from expandcontract.postgres import leases
from expandcontract.postgres.installation import installed
from expandcontract.postgres.ledger import Record
from expandcontract.postgres.session import Session

OURS = "^zz_ec_[0-9a-f]{10}_"
_KEY = re.compile(r"zz_ec_([0-9a-f]{10})_")

Leftover = tuple[str, str]
"""What it is, and what to do about it."""


def leftovers(session: Session, open_records: list[Record]) -> Iterator[Leftover]:
    """All that are to be seen in this database."""
    owners = {key: record for record in open_records for key in keys(record)}
    yield from _helpers(session, owners)
    yield from _invalid_indexes(session, open_records, owners)
    if installed(session):
        yield from _unfinished(session, {record.name: record for record in open_records})


def _unfinished(session: Session, records: dict[str, Record]) -> Iterator[Leftover]:
    """What a runner left: its lease, and a contract that is half way back."""
    dead = session.rows(queries.DEAD_LEASES)
    for name, holder, since in dead:
        if name in records:
            text = f"{holder} died while working on {name}, since {since}"
            yield text, _goes_on(records[name])
    told = {name for name, *_ in dead}
    workers = leases.live(session)
    for name, record in records.items():
        if record.coming_back and name not in told and record.id not in workers:
            yield f"{name} is {record.state}, and nobody works on it", ways_on(name)


def _goes_on(record: Record) -> str:
    """The command that goes on where another one ended."""
    if record.coming_back:
        return f"it is {record.state}: {ways_on(record.name)}"
    if record.keeps:
        close = f"ec contract {record.name} --close"
        return f"{close}, if it was closing; whatever else it began has changed nothing"
    phase = record.next_phase
    command = f"ec {phase} {record.name}"
    if phase is None or phase is Phase.EXPAND:
        command = "alembic upgrade"
    return f"{command} goes on where it ended; alembic downgrade, if it was taking a phase back"


def keys(record: Record) -> set[str]:
    """The keys that stand in the names of a change's helpers."""
    found = {match[1] for name in record.plan.counters.values() if (match := _KEY.search(name))}
    steps = [step.backfill or step.verification for step in record.plan.steps]
    return found | {work.sync_key for work in steps if work is not None and work.sync_key}


def _helpers(session: Session, owners: dict[str, Record]) -> Iterator[Leftover]:
    for _, name, text, drop, is_disabled in session.rows(queries.OURS, {"ours": OURS}):
        owner = owners.get(name[6:16])
        if owner is None:
            yield f"{text} belongs to no open change", f"{drop};"
        elif is_disabled:
            enable = drop.replace("DROP TRIGGER", "ENABLE TRIGGER").partition(" ON ")
            table, trigger = enable[2], enable[0]
            yield (
                f"{text} is disabled: writes are not carried over to the other side",
                f"ALTER TABLE {table} {trigger}; and run the backfill of {owner.name} again",
            )


def _invalid_indexes(
    session: Session, open_records: list[Record], owners: dict[str, Record]
) -> Iterator[Leftover]:
    building = {
        step.name.removeprefix("index "): record
        for record in open_records
        for step in record.plan.steps
        if step.name.startswith("index ")
    }
    for index, table, name in session.rows(queries.INVALID_INDEXES):
        text = f"the index {index} on {table} is invalid: it slows writes and serves no query"
        if name in building:
            record = building[name]
            yield text, f"run the phase of {record.name} again, which drops it and builds it anew"
        elif name.startswith("zz_ec_") and name[6:16] not in owners:
            continue  # named among the helpers already
        else:
            yield text, f"DROP INDEX CONCURRENTLY {index}; and build it again"
