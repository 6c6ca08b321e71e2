"""Carries the revisions out, and then what is left of their changes; measured all the way."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import LiteralString

import sqlalchemy as sa

from expandcontract.engine.apply import apply_phase
from expandcontract.engine.runner import Runner
from expandcontract.lint.from_catalog import knowledge_of
from expandcontract.lint.knowledge import History
from expandcontract.lint.linter import schema_of
from expandcontract.model.names import TableName
from expandcontract.model.phase import Phase
from expandcontract.ops.reading.written import line_of, told
from expandcontract.postgres import ledger
from expandcontract.postgres.catalog import read_catalog
from expandcontract.postgres.installation import installed
from expandcontract.postgres.ledger import Record
from expandcontract.postgres.session import Session, open_session
from expandcontract.postgres.sqlalchemy_session import SqlAlchemySession
from expandcontract.rehearsal.claims import Claims
from expandcontract.rehearsal.project import engine_on, upgrade
from expandcontract.rehearsal.seen import Failure, Rehearsal, Stage
from expandcontract.rehearsal.staging import Stagehand
from expandcontract.rehearsal.tape import Tape
from expandcontract.rehearsal.target import dump_program
from expandcontract.rehearsal.target import schema_of as dumped

TABLES: LiteralString = """
    SELECT pg_catalog.format('%I.%I', n.nspname, c.relname)
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p')
      AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'expandcontract')
      AND n.nspname !~ '^pg_(toast|temp)'
"""

Say = Callable[[str], None]
"""Tells what is about to be done."""


def carry_out(hand: Stagehand, address: str, found: Rehearsal, say: Say) -> None:
    """Run everything on the database at this address, statement by statement."""
    major = hand.version // 10_000
    tape = Tape(address, Claims(_history(address, major), major), found, hand.route.stages)
    engine = engine_on(address)
    tape.listen(engine)
    try:
        _measured(hand, engine, tape, found, say)
    finally:
        tape.let_go()  # of a statement in whose middle Ctrl-C came


def _measured(hand: Stagehand, engine: sa.Engine, tape: Tape, found: Rehearsal, say: Say) -> None:
    try:
        with engine.connect() as connection:
            say("upgrading")
            upgrade(hand.project, connection, hand.route.end, tape)
    except (Exception, SystemExit) as error:  # noqa: BLE001  # whatever a revision does
        found.failure = _failure(hand, error)
        return
    with _session(engine) as session:
        for record, phase in remaining(session):
            say(f"{phase} of {record.name}")
            tape.phase(Stage(name=f"{phase} of {record.name}"))
            try:
                carry_phase(session, record, phase)
            except Exception as error:  # noqa: BLE001  # it is what was to be found out
                found.failure = Failure(stage=f"{phase} of {record.name}", reason=told(error))
                return
            finally:
                tape.phase(None)


def go_through(hand: Stagehand, address: str) -> None:
    """The same, measured by nobody."""
    with engine_on(address).connect() as connection:
        upgrade(hand.project, connection, hand.route.end)
    with session_on(address) as session:
        for record, phase in remaining(session):
            carry_phase(session, record, phase)


def _history(address: str, major: int) -> History:
    """What the linter knows at the start: the database as it is now."""
    program = dump_program(major, major)
    if program is not None:
        return schema_of(dumped(program, address))
    with session_on(address) as session:
        named = [TableName.parse(one) for (one,) in session.rows(TABLES)]
        return knowledge_of(read_catalog(session, named))


def remaining(session: Session, until: Phase = Phase.CONTRACT) -> Iterator[tuple[Record, Phase]]:
    """The phases that changes still have before them, each asked for when its turn has come."""
    if not installed(session):
        return
    for phase in Phase:
        for record in ledger.everything(session):
            is_open = record.is_open and not record.coming_back
            if is_open and phase <= until and (record.reached or 0) < phase:
                yield record, phase


def carry_phase(session: Session, record: Record, phase: Phase) -> None:
    """One phase, without the gates that only time opens."""
    runner = Runner(session=session, limits={"replication_lag": None}, quiet=0.0)
    apply_phase(runner, ledger.get(session, record.id), phase, immediate=True)


@contextmanager
def session_on(address: str) -> Iterator[Session]:
    """A session of its own, which nobody measures."""
    with closing(open_session(address, "ec rehearse")) as session:
        yield session


@contextmanager
def _session(engine: sa.Engine) -> Iterator[Session]:
    with engine.connect() as connection:
        yield SqlAlchemySession(connection.execution_options(isolation_level="AUTOCOMMIT"))


def _failure(hand: Stagehand, error: BaseException) -> Failure:
    for path, stage in hand.route.stages.items():
        if (line := line_of(error, path)) is not None:
            return Failure(stage=stage.name, reason=told(error), path=path, line=line)
    return Failure(stage="the upgrade", reason=told(error))
