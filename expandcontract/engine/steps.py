"""Carries out one step: asks, runs, asks again, records."""

from contextlib import nullcontext
from dataclasses import dataclass
from typing import Literal, LiteralString

from expandcontract.engine.attempts import Attempts
from expandcontract.engine.events import (
    StepDone,
    StepReverted,
    StepSkipped,
    StepStarted,
    Waited,
)
from expandcontract.engine.filling import fill
from expandcontract.engine.holding import kept
from expandcontract.engine.offending import look_before, name_offenders
from expandcontract.engine.runner import Runner
from expandcontract.engine.verifying import verify
from expandcontract.errors import ServerRefusedError, StepNotDoneError
from expandcontract.model.plan import Step
from expandcontract.model.probe import Probe
from expandcontract.model.statement import Statement
from expandcontract.postgres import leases, ledger
from expandcontract.postgres.leases import Lease
from expandcontract.postgres.session import transaction

LOOK_EVERY = 1.0
TIMEOUTS = ("lock_timeout", "statement_timeout", "transaction_timeout")
"""The last one is known from 17 on."""

SETTING: LiteralString = "SELECT pg_catalog.current_setting(%(name)s, true)"
SET: LiteralString = "SELECT pg_catalog.set_config(%(name)s, %(value)s, false)"
EXISTS_ALREADY = "42P07"
NO_LONGER_EXISTS = "42704"


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """A step in one of its two directions: statements, and the question that ends them."""

    step: Step
    statements: tuple[Statement, ...]
    goal: Probe
    state: Literal["done", "reverted"]

    @property
    def is_transactional(self) -> bool:
        """Whether the statements commit together with the ledger row."""
        return all(statement.transactional for statement in self.statements)

    @property
    def stops_nobody(self) -> bool:
        """Whether no reader and no writer ever queues behind one of the statements."""
        locks = [statement.lock for statement in self.statements]
        return not any(lock.blocks_writes or lock.blocks_reads for lock in locks)

    @property
    def is_long(self) -> bool:
        """Whether the time it takes grows with the table."""
        return any(statement.scans or statement.rewrites for statement in self.statements)


def carry_out(runner: Runner, lease: Lease, step: Step) -> bool:
    """Do a step unless it is done; whether there was something to do."""
    name = lease.record.name
    runner.safe_point(name)
    if runner.holds(step.done):
        runner.tell(StepSkipped(name, step.name))
        return False
    if step.backfill is not None:
        return fill(runner, lease, step, step.backfill)
    runner.tell(StepStarted(name, step.name, step.summary))
    begun = runner.clock()
    if step.verification is not None:
        verify(runner, lease, step, step.verification)
    else:
        _go_on(runner, lease, step, step.further)
        work = Work(step=step, statements=step.statements, goal=step.done, state="done")
        _do(runner, lease, work)
    runner.tell(StepDone(name, step.name, runner.clock() - begun))
    return True


def take_back(runner: Runner, lease: Lease, step: Step) -> bool:
    """Revert a step unless it is reverted; whether there was something to do."""
    record = lease.record
    runner.safe_point(record.name)
    if step.stays:
        with transaction(runner.session):
            ledger.forget_step(runner.session, record, step.name)
            leases.fence(runner.session, lease)
        return False
    if runner.holds(step.reverted):
        return False
    if step.revert and not step.statements:  # it is there for the way back alone, and begins it
        look_before(runner, step)
    _go_on(runner, lease, step, step.further_back)
    work = Work(step=step, statements=step.revert, goal=step.reverted, state="reverted")
    _do(runner, lease, work)
    runner.tell(StepReverted(record.name, step.name))
    return True


def _go_on(runner: Runner, lease: Lease, step: Step, query: str) -> None:
    """Commands that nobody could know before: each like a step of its own."""
    while query and (rows := runner.session.rows(query)):
        runner.safe_point(lease.record.name)
        sql = str(rows[0][0])
        statement = Statement(sql=sql, scans=True, transactional="CONCURRENTLY" not in sql)
        asked = query.replace("%", "%%")
        still = Probe(
            f"EXISTS (SELECT FROM ({asked}) AS q (sql) WHERE sql = %(sql)s)", {"sql": sql}
        )
        _do(runner, lease, Work(step=step, statements=(statement,), goal=~still, state="done"))


def _do(runner: Runner, lease: Lease, work: Work) -> None:
    if work.is_transactional:
        with kept(runner, lease) if work.is_long else nullcontext():
            _in_transaction(runner, lease, work)
    else:
        _outside(runner, lease, work)


def _in_transaction(runner: Runner, lease: Lease, work: Work) -> None:
    """All statements and the ledger row commit together, or nothing does."""
    patience = runner.patience
    timeout = patience.patient_lock_timeout if work.stops_nobody else patience.lock_timeout
    attempts = Attempts(runner, lease, work.step)
    while True:
        try:
            _commit(runner, lease, work, timeout)
        except (ServerRefusedError, StepNotDoneError) as error:
            name_offenders(runner, work.step, error)
            if isinstance(error, StepNotDoneError):
                raise
            attempts.rest(error, work.statements)
        else:
            return


def _commit(runner: Runner, lease: Lease, work: Work, timeout: float) -> None:
    session, record = runner.session, lease.record
    limits = {"lock_timeout": f"{timeout * 1000:.0f}ms", "statement_timeout": "0"}
    with transaction(session, **limits):
        if not runner.holds(work.goal):
            for statement in work.statements:
                if statement.only_when is None or runner.holds(statement.only_when):
                    session.run(statement.sql)
            if not runner.holds(work.goal):
                raise StepNotDoneError(work.step.name, work.step.summary)
        ledger.set_step(session, record, work.step.name, work.step.phase, work.state)
        leases.fence(session, lease)


def _outside(runner: Runner, lease: Lease, work: Work) -> None:
    """A statement that PostgreSQL refuses in a transaction: intent first, then act and probe."""
    session, record, step = runner.session, lease.record, work.step
    with transaction(session):
        ledger.set_step(session, record, step.name, step.phase, "running")
        leases.fence(session, lease)
    with kept(runner, lease):
        attempts, known = Attempts(runner, lease, step), False
        while not runner.holds(work.goal):
            _wait_for_others(runner, lease, step)
            try:
                _attempt_outside(runner, work)
            except ServerRefusedError as error:
                if error.sqlstate in {EXISTS_ALREADY, NO_LONGER_EXISTS} and not known:
                    known = True
                    continue  # somebody else was quicker: the goal is asked again
                _clean_up(runner, step)
                name_offenders(runner, step, error)
                attempts.rest(error, work.statements)
    with transaction(session):
        ledger.set_step(session, record, step.name, step.phase, work.state)
        leases.fence(session, lease)


def _wait_for_others(runner: Runner, lease: Lease, step: Step) -> None:
    """A killed runner's statement may go on in the server: its end is better than its restart."""
    told = False
    while step.running is not None and runner.holds(step.running):
        if not told:
            reason = f"{step.name}: an earlier statement is still at work on it in the server"
            runner.tell(Waited(lease.record.name, reason))
            told = True
        runner.safe_point(lease.record.name)
        runner.sleep(LOOK_EVERY)


def _attempt_outside(runner: Runner, work: Work) -> None:
    if work.state == "done":
        if runner.holds(work.goal):
            return
        _clean_up(runner, work.step)
    for statement in work.statements:
        _run_untimed(runner, statement)


def _clean_up(runner: Runner, step: Step) -> None:
    """Take away what a broken attempt left, unless somebody is still at work on it."""
    if step.running is not None and runner.holds(step.running):
        return
    for cleanup in step.cleanups:
        if runner.holds(cleanup.needed):
            _run_untimed(runner, cleanup.statement)


def _run_untimed(runner: Runner, statement: Statement) -> None:
    """Without the session's timeouts: one of them would leave an invalid index behind.

    Nobody queues behind such a statement. Afterwards they are what they were, whoever set them.
    """
    session = runner.session
    asked = {name: session.rows(SETTING, {"name": name})[0][0] for name in TIMEOUTS}
    limited = {name: value for name, value in asked.items() if value not in {None, "0"}}
    for name in limited:
        session.rows(SET, {"name": name, "value": "0"})
    try:
        session.run(statement.sql)
    finally:
        for name, value in limited.items():
            session.rows(SET, {"name": name, "value": value})
