"""A backfill without a change: `ec backfill users --set …`, kept in the ledger under a name."""

from typing import LiteralString

from expandcontract.changes.compute_columns import ComputeColumns
from expandcontract.changes.fill_column import FillColumn
from expandcontract.engine.allowing import refuse_what_cannot_be_copied
from expandcontract.engine.apply import enrol
from expandcontract.engine.askable import refuse_what_cannot_be_asked
from expandcontract.engine.checking import check_expressions
from expandcontract.engine.holding import held
from expandcontract.engine.runner import Runner
from expandcontract.engine.sharing import share
from expandcontract.errors import NoRoomError, PhaseOrderError
from expandcontract.model.phase import Phase
from expandcontract.model.plan import Plan
from expandcontract.postgres import lanes, leases, ledger, origin
from expandcontract.postgres.catalog import read_catalog
from expandcontract.postgres.installation import installed
from expandcontract.postgres.ledger import Record
from expandcontract.postgres.session import transaction

ALONE: LiteralString = "SELECT id FROM expandcontract.changes WHERE id = %(id)s::bigint FOR UPDATE"

AdHoc = FillColumn | ComputeColumns
"""Changes that are nothing but a backfill."""


def begin(runner: Runner, change: AdHoc) -> Record:
    """The backfill as the ledger holds it: the open one, or one that begins at the first row."""
    session = runner.session
    origin.refuse_read_only(session)
    refuse_what_cannot_be_asked(runner)
    record = ledger.find(session, change.name) if installed(session) else None
    if record is None or not record.is_open:
        checked_plan(runner, change)
    record = enrol(runner, change)
    with transaction(session):
        session.rows(ALONE, record.key)
        record = ledger.get(session, record.id)  # as whoever began it a moment ago has left it
        if record.outcome == "closed":  # the same command once more, for the rows of today
            _forget_rows(runner, record)
            ledger.claim(session, record)
        if record.reached is None or not record.is_open:  # there is nothing to expand
            ledger.set_reached(session, record, Phase.EXPAND, None)
    return ledger.get(session, record.id)


def checked_plan(runner: Runner, change: AdHoc) -> Plan:
    """The plan, once the server has taken its table and expressions; nothing is written."""
    plan = change.plan(read_catalog(runner.session, change.tables, portable=True))
    refuse_what_cannot_be_copied(runner.session, change.name, plan)
    check_expressions(runner.session, plan.steps[0].backfill)
    return plan


def carry_on(runner: Runner, record: Record) -> Record:
    """All that there is to a backfill without a change: rows.

    One that is refused before its first row lets go of what it claimed.
    """
    try:
        return share(runner, record)
    except NoRoomError:
        found = (lanes.totals(runner.session, record, step.name) for step in record.plan.steps)
        if not any(totals.lanes for totals in found):
            forget(runner, record)
        raise


def forget(runner: Runner, record: Record) -> int:
    """Let go of a backfill that is not to be finished, and of what it claims.

    The table keeps what was written; gives how many rows that were.
    """
    refuse_to_forget(record)
    with held(runner, record) as lease, transaction(runner.session):
        steps = [step.name for step in record.plan.steps]
        written = sum(lanes.totals(runner.session, record, name).written for name in steps)
        _forget_rows(runner, record)
        ledger.set_reached(runner.session, record, None, "reverted")
        leases.fence(runner.session, lease)
    return written


def refuse_to_forget(record: Record) -> None:
    """What a change has made besides is taken back by a revert."""
    if record.kind not in {FillColumn.kind, ComputeColumns.kind}:
        raise PhaseOrderError(
            record.name, "forgetting the backfill", record.state, "revert the change instead"
        )


def _forget_rows(runner: Runner, record: Record) -> None:
    for step in record.plan.steps:
        ledger.forget_step(runner.session, record, step.name)
