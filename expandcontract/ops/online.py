"""Carries an operation out on the connection that Alembic brought."""

from collections.abc import Callable
from dataclasses import replace
from typing import LiteralString
from weakref import WeakKeyDictionary

from alembic.runtime.migration import MigrationContext
from sqlalchemy.exc import SQLAlchemyError

from expandcontract.changes.base import Change
from expandcontract.changes.rename_table import RenameTable
from expandcontract.engine.apply import apply_phase, enrol, revert_phase
from expandcontract.engine.gates import gate, inline_gate
from expandcontract.engine.runner import Runner
from expandcontract.errors import ExpandContractError, GateClosedError, PhaseOrderError
from expandcontract.model.gate import Closed
from expandcontract.model.names import TableName
from expandcontract.model.phase import Phase
from expandcontract.ops.errors import ExternalTransactionError, RevisionStoppedError
from expandcontract.ops.marking import marked
from expandcontract.ops.operations import PhaseOp
from expandcontract.ops.options import Options, Policy, options_of
from expandcontract.ops.running import Run, run_of
from expandcontract.ops.telling import Telling, log
from expandcontract.postgres import ledger
from expandcontract.postgres.installation import install, installed
from expandcontract.postgres.ledger import Record
from expandcontract.postgres.session import Session
from expandcontract.postgres.sqlalchemy_session import SqlAlchemySession

# Numbers are given in order, so a table of this run has one above that of the version table, which
# Alembic makes first. Where they have started again, a new table counts as an old one, and waits.
# A view is one that a change has put in the place of an old table.
IS_NEWER: LiteralString = """
    SELECT coalesce((
        SELECT oid > pg_catalog.to_regclass(%(versions)s)::oid FROM pg_catalog.pg_class
        WHERE oid = pg_catalog.to_regclass(%(table)s) AND relkind IN ('r', 'p')), false)
"""


NOT_DEPLOYED = "the phases before it came with this same upgrade, and nothing was deployed since"

_MOVED: WeakKeyDictionary[MigrationContext, set[str]] = WeakKeyDictionary()
"""The changes of which an upgrade has carried out a phase; each has a context of its own."""


def carry_out(context: MigrationContext, op: PhaseOp) -> None:
    """Leave Alembic's transaction, run the phase or take it back, and return to a new one."""
    options, run = options_of(context), run_of(context)

    def work(session: Session) -> None:
        immediate = run.builds_database and _are_new(session, context, op.change)
        # Who builds a database, for a test or for a developer, shows nobody a deployment.
        is_marked = options.marks and not immediate
        runner = Runner(
            session=session,
            patience=options.patience,
            limits={"replication_lag": options.max_lag},
            quiet=options.quiet,
            tell=marked(context, session, Telling()) if is_marked else Telling(),
        )
        if op.reverts:
            _take_back(runner, op)
        else:
            moved = _MOVED.setdefault(context, set())
            _go_forward(runner, op, run, options, moved, immediate=immediate)

    _outside_transaction(context, work)


def _outside_transaction(context: MigrationContext, work: Callable[[Session], None]) -> None:
    """Run in autocommit. What the revision did before is committed by that."""
    connection = context.connection
    if connection is None:
        raise AssertionError
    if connection.in_transaction() and context._transaction is None:  # noqa: SLF001  # no other way
        raise ExternalTransactionError
    failure: ExpandContractError | None = None
    try:
        with context.autocommit_block():
            try:
                work(SqlAlchemySession(context.connection or connection))
            except ExpandContractError as error:
                failure = error
    except SQLAlchemyError:
        # A lost connection cannot be put back into a transaction; why it was lost says more.
        if failure is None:
            raise
    if failure is not None:
        raise RevisionStoppedError(failure) from failure


def _are_new(session: Session, context: MigrationContext, change: Change) -> bool:
    """Whether the tables came with this database, and not before Alembic came to it."""
    versions = str(TableName(context.version_table, context.version_table_schema))
    params = ({"table": str(table), "versions": versions} for table in change.tables)
    return all(session.rows(IS_NEWER, one)[0][0] for one in params)


def _go_forward(  # the operation, and all that it runs in
    runner: Runner,
    op: PhaseOp,
    run: Run,
    options: Options,
    moved: set[str],
    *,
    immediate: bool,
) -> None:
    record = _enrolled(runner, op.change, op.phase, building=immediate)
    is_over = not record.is_open or (record.reached or 0) >= op.phase
    reasons = () if is_over else _reasons(runner, record, op.phase, immediate=immediate)
    is_new = not (is_over or immediate) and record.name in moved
    if is_new and op.phase is Phase.CONTRACT and options.quiet and _takes_away(record):
        reasons = (*reasons, NOT_DEPLOYED)
    if not reasons:
        apply_phase(runner, record, op.phase, immediate=immediate)
        if not is_over:
            moved.add(record.name)
    elif options.policy is Policy.STRICT:
        raise GateClosedError(record.name, str(op.phase), reasons)
    else:
        ledger.defer(runner.session, record, op.phase, reasons, run.revision)
        log.warning(
            "%s: %s is due and not done, since %s; run it with: ec %s %s",
            *(record.name, op.phase, "; ".join(reasons), op.phase, record.name),
        )


def _takes_away(record: Record) -> bool:
    """Whether contract takes a name from code that nobody had time to deploy anew."""
    return record.kind == RenameTable.kind or any(not one.stays for one in record.plan.retires)


def _enrolled(runner: Runner, change: Change, phase: Phase, *, building: bool) -> Record:
    """The change in the ledger; only expand may put it there."""
    install(runner.session)
    if phase is not Phase.EXPAND:
        found = ledger.find(runner.session, change.name)
        if found is None or found.outcome == "reverted" or found.reached is None:
            cure = "call op.expand with the same change in this revision or an earlier one"
            raise PhaseOrderError(change.name, str(phase), "not expanded", cure)
    return enrol(runner, change, building=building)


def _reasons(runner: Runner, record: Record, phase: Phase, *, immediate: bool) -> tuple[str, ...]:
    """Why the phase is not for this upgrade."""
    verdicts = [gate(runner, record, phase, immediate=immediate)]
    if phase is Phase.BACKFILL and not immediate:
        verdicts.append(inline_gate(runner, record))
    return tuple(
        str(reason)
        for verdict in verdicts
        if isinstance(verdict, Closed)
        for reason in verdict.reasons
    )


def _take_back(runner: Runner, op: PhaseOp) -> None:
    """Revert what was carried out of the phase; one that was only due is forgotten."""
    session, name = runner.session, op.change.name
    record = None
    if installed(session):
        install(session)
        record = ledger.find(session, name)
    if record is None or record.outcome == "reverted":
        log.info("%s: there is nothing to revert", name)
    elif (record.reached or 0) >= op.phase:
        revert_phase(runner, record, op.phase)
    elif (record.reached or 0) == op.phase - 1:
        # Due at most, or half done: nobody was shown that it is over.
        revert_phase(replace(runner, tell=Telling()), record, op.phase)
    elif ledger.not_due(session, record, op.phase):
        log.info("%s: %s was due and is not any more", name, op.phase)
