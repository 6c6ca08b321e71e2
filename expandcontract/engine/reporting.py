"""All that the ledger knows of one change, for a report of how it went."""

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, LiteralString

from expandcontract.engine.runner import Runner
from expandcontract.engine.status import ChangeStatus, status
from expandcontract.postgres import ledger, quarantine, samples
from expandcontract.postgres.installation import installed
from expandcontract.postgres.ledger import Noted, Record
from expandcontract.postgres.samples import Sample
from expandcontract.postgres.session import Session

MOST_EVENTS = 500
WATCHED = 10
"""The ledger's version from which samples are kept; reading does not bring it up to date."""

GATED = 6

STEPS: LiteralString = """
    SELECT name, state, attempts, to_json(started_at) #>> '{}', to_json(finished_at) #>> '{}', error
    FROM expandcontract.steps WHERE change_id = %(id)s::bigint
"""
GATES: LiteralString = """
    SELECT phase, is_open, looks::text, to_json(since) #>> '{}' FROM expandcontract.gates
    WHERE change_id = %(id)s::bigint
"""
SERVER: LiteralString = """
    SELECT pg_catalog.current_setting('server_version'), pg_catalog.current_database(),
           to_json(clock_timestamp()) #>> '{}'
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What became of a step."""

    state: str
    attempts: int
    started_at: datetime
    finished_at: datetime | None
    error: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """How the gate before a phase answered last."""

    phase: str
    is_open: bool
    looks: list[dict[str, Any]]
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """How a change went."""

    record: Record
    status: ChangeStatus
    server: str
    database: str
    at: datetime
    steps: dict[str, Ran]
    events: list[Noted]
    samples: dict[str, list[Sample]] = field(default_factory=dict)  #: by step
    failed: dict[str, tuple[str, ...]] = field(default_factory=dict)  #: rows in quarantine
    gates: tuple[Answered, ...] = ()


def gather(runner: Runner, record: Record) -> Report:
    """Read it all; nothing is written."""
    session = runner.session
    version, database, at = session.rows(SERVER)[0]
    filled = [step.name for step in record.plan.steps if step.backfill is not None]
    newest = installed(session)
    curves = {step: samples.read(session, record, step) for step in filled if newest >= WATCHED}
    failed = {
        step: tuple(map(str, quarantine.some(session, record, step, limit=20))) for step in filled
    }
    return Report(
        record=record,
        status=status(runner, record.name)[0],
        server=version,
        database=database,
        at=datetime.fromisoformat(at),
        steps=_steps(session, record),
        events=ledger.events(session, record, MOST_EVENTS),
        samples={step: found for step, found in curves.items() if found},
        failed={step: rows for step, rows in failed.items() if rows},
        gates=_gates(session, record) if newest >= GATED else (),
    )


def _steps(session: Session, record: Record) -> dict[str, Ran]:
    return {
        name: Ran(
            state=state,
            attempts=attempts,
            started_at=datetime.fromisoformat(started),
            finished_at=None if finished is None else datetime.fromisoformat(finished),
            error=error,
        )
        for name, state, attempts, started, finished, error in session.rows(STEPS, record.key)
    }


def _gates(session: Session, record: Record) -> tuple[Answered, ...]:
    return tuple(
        Answered(
            phase=phase,
            is_open=is_open,
            looks=json.loads(looks),
            since=datetime.fromisoformat(since),
        )
        for phase, is_open, looks, since in session.rows(GATES, record.key)
    )
