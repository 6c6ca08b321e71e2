"""The walk that every kind of change has to take, through all phases and back."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import psycopg

from expandcontract.changes.base import Change
from expandcontract.engine.apply import apply_phase, enrol, make_plan, revert_phase
from expandcontract.engine.closing import close
from expandcontract.engine.events import (
    ChunkDone,
    Event,
    StepDone,
    StepReverted,
    StepStarted,
)
from expandcontract.engine.runner import Runner
from expandcontract.errors import StoppedError
from expandcontract.model.phase import Phase
from expandcontract.model.plan import Plan, Step
from expandcontract.model.statement import Statement
from expandcontract.pacing.retry import Patience
from expandcontract.pacing.sizing import Sizing
from expandcontract.postgres import ledger
from expandcontract.postgres.installation import install
from expandcontract.postgres.session import Session, open_session
from tests.support.builds import skip_without
from tests.support.databases import Databases

MANY = 200
WORK = (StepStarted, StepDone, StepReverted, ChunkDone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A change on a schema, and the statements that would do the same with a long lock."""

    id: str
    setup: str
    change: Change
    oracle: str
    tables: tuple[str, ...] = ("t",)  #: whose rows are compared
    before: str = ""  #: what stands when the change starts and is no part of the start
    is_final: bool = False  #: there is no way back from contract
    is_one_way: bool = False  #: a revert gives no value back
    stays: tuple[str, ...] = ()  #: what a revert leaves as it is, by its place in a fingerprint
    ends_as: tuple[str, ...] = ()  #: what the tables are called at the end, if not as before

    def __str__(self) -> str:
        return self.id

    @property
    def phases_back(self) -> tuple[Phase, ...]:
        """The phases that can be taken back, the first one first."""
        return tuple(phase for phase in Phase if not (self.is_final and phase is Phase.CONTRACT))

    @property
    def at_end(self) -> tuple[str, ...]:
        """The tables whose rows are compared with the oracle's."""
        return self.ends_as or self.tables


@dataclass(slots=True)
class Journal:
    """What a runner told."""

    events: list[Event] = field(default_factory=list)

    def pieces(self) -> set[tuple[str, int]]:
        """What was done after which a runner can stop: steps, and chunks by number."""
        return {
            (event.step, event.progress.chunks if isinstance(event, ChunkDone) else 0)
            for event in self.events
            if isinstance(event, (StepDone, StepReverted, ChunkDone))
        }

    def work(self) -> list[Event]:
        """The events that say that something was done."""
        return [event for event in self.events if isinstance(event, WORK)]


def execute(dsn: str, *scripts: str) -> None:
    """Run SQL on a connection of its own, each script as one simple query."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        for script in scripts:
            skip_without(connection, script)
            if script:
                connection.execute(script.encode())
    connection.close()


def with_ledger(databases: Databases) -> str:
    """A template with a ledger in it."""

    def build(dsn: str) -> None:
        session = open_session(dsn)
        install(session)
        session.close()

    return databases.template("ledger", build)


def small_chunks() -> Sizing:
    """Chunks of three rows, so that a small table has a middle."""
    return Sizing(first=3, smallest=3, largest=3)


@contextmanager
def running(
    dsn: str,
    journal: Journal | None = None,
    *,
    stop: Callable[[], bool] = lambda: False,
    wrap: Callable[[Session], Session] = lambda session: session,
) -> Iterator[Runner]:
    """A runner on a session of its own, as each command of a user has one."""
    told = journal or Journal()
    session = open_session(dsn)
    try:
        yield Runner(
            session=wrap(session),
            sizing=small_chunks(),
            patience=Patience(pause=0.05, budget=5.0),
            quiet=0.0,
            tell=told.events.append,
            asked_to_stop=stop,
        )
    finally:
        session.close()


def plan(dsn: str, change: Change) -> Plan:
    """The plan that the change would get now."""
    with running(dsn) as runner:
        return make_plan(runner, change)


def forward(
    dsn: str,
    change: Change,
    *phases: Phase,
    wrap: Callable[[Session], Session] = lambda session: session,
) -> Journal:
    """Carry out phases, all of them unless told which."""
    journal = Journal()
    for phase in phases or tuple(Phase):
        with running(dsn, journal, wrap=wrap) as runner:
            apply_phase(runner, enrol(runner, change), phase)
    return journal


def back(
    dsn: str,
    change: Change,
    *phases: Phase,
    wrap: Callable[[Session], Session] = lambda session: session,
) -> Journal:
    """Take phases back, the last one first, all of them unless told which."""
    journal = Journal()
    for phase in phases or tuple(reversed(Phase)):
        with running(dsn, journal, wrap=wrap) as runner:
            revert_phase(runner, ledger.named(runner.session, change.name), phase)
    return journal


def closed(
    dsn: str, change: Change, *, wrap: Callable[[Session], Session] = lambda session: session
) -> Journal:
    """Close the change, where it has something to close."""
    journal = Journal()
    with running(dsn, journal, wrap=wrap) as runner:
        record = ledger.named(runner.session, change.name)
        if record.plan.close:
            close(runner, record)
    return journal


def haltingly(dsn: str, change: Change, phase: Phase, *, revert: bool = False) -> int:
    """Stop at the safe point after every piece of work, and begin again; how often it stopped.

    Once after each piece: a verification begins anew whenever its phase does.
    """
    pieces: set[tuple[str, int]] = set()
    for stops in range(MANY):
        journal = Journal()

        def fresh(journal: Journal = journal) -> bool:
            done = journal.pieces() - pieces
            pieces.update(done)
            return bool(done)

        with suppress(StoppedError), running(dsn, journal, stop=fresh) as runner:
            if revert:
                revert_phase(runner, ledger.named(runner.session, change.name), phase)
            else:
                apply_phase(runner, enrol(runner, change), phase)
            return stops
    raise AssertionError(pieces)


def stopped_revert(dsn: str, change: Change, phase: Phase, after: int) -> bool:
    """Take a phase back, but stop after so many pieces of work; whether it came to that."""
    journal = Journal()
    with running(dsn, journal, stop=lambda: len(journal.pieces()) >= after) as runner:
        try:
            revert_phase(runner, ledger.named(runner.session, change.name), phase)
        except StoppedError:
            return True
    return False


def strong_scans(found: Plan) -> list[str]:
    """Steps that look at every row while they keep readers or writers waiting."""
    return [
        step.name
        for step in (*found.steps, *found.comeback)
        if any(s.scans or s.rewrites or s.builds_index for s in _in_use(step))
        and any(s.lock.blocks_reads or s.lock.blocks_writes for s in _in_use(step))
    ]


def _in_use(step: Step) -> list[Statement]:
    """The statements on tables that stood before the step."""
    made = "\n".join(s.sql for s in step.statements if s.sql.startswith("CREATE TABLE"))
    return [s for s in step.statements if f"CREATE TABLE {s.table} " not in made]
