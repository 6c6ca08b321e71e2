"""Changes, steps and what is due, as rows: the memory between processes."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from expandcontract.changes.base import Change
from expandcontract.changes.document import to_document
from expandcontract.errors import ClaimedError, UnknownChangeError
from expandcontract.model.phase import Phase
from expandcontract.model.plan import Plan
from expandcontract.model.returning import HALF_WAY
from expandcontract.postgres import ledger_queries as queries
from expandcontract.postgres.session import Session

KEPT_FOR = timedelta(days=7)
"""How long a contracted change keeps what closing drops, unless somebody asks for it by name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One change as the ledger holds it."""

    id: int
    name: str
    kind: str
    definition: dict[str, Any]
    plan: Plan
    fingerprint: str
    reached: Phase | None  #: the last phase that is over
    outcome: str | None  #: `closed`, `reverted`, or None while it is open
    owner: str | None
    contract_by: date | None
    created_at: datetime
    reached_at: datetime
    last_error: str | None
    coming_back: bool = False  #: the revert of its contract was begun and is not over
    built: bool = False  #: it was closed while the database was being built

    @property
    def key(self) -> dict[str, str]:
        """The parameter that names this change in queries."""
        return {"id": str(self.id)}

    @property
    def is_open(self) -> bool:
        """Whether phases are still to come."""
        return self.outcome is None

    @property
    def state(self) -> str:
        """Where it stands, in one word; half way back takes more."""
        if self.outcome is not None:
            return self.outcome
        if self.coming_back:
            return HALF_WAY
        return "planned" if self.reached is None else self.reached.participle

    @property
    def keeps(self) -> bool:
        """Whether it is contracted, and what contract kept is still there."""
        return self.is_open and self.reached is Phase.CONTRACT and not self.coming_back

    @property
    def closes_from(self) -> datetime | None:
        """When what it keeps may go without being asked for by name."""
        return self.reached_at + KEPT_FOR if self.keeps else None

    @property
    def over(self) -> Phase | None:
        """The last phase that is over; one without steps is, with the one before it."""
        last = self.reached
        while last is not None and last < Phase.SWITCH and not self.plan.of(Phase(last + 1)):
            last = Phase(last + 1)
        return last

    @property
    def next_phase(self) -> Phase | None:
        """The phase with work to do that comes next, if any."""
        if not self.is_open or self.reached is Phase.CONTRACT:
            return None
        return Phase.EXPAND if self.over is None else Phase(self.over + 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A phase that a revision asked for while its gate was closed."""

    change_id: int
    phase: Phase
    revision: str | None
    reasons: tuple[str, ...]
    since: datetime


@dataclass(frozen=True, slots=True)
class Noted:
    """A line of a change's event log."""

    at: datetime
    what: str
    detail: dict[str, Any]


def _record(row: Sequence[Any]) -> Record:
    return Record(
        id=row[0],
        name=row[1],
        kind=row[2],
        definition=json.loads(row[3]),
        plan=Plan.from_document(json.loads(row[4])),
        fingerprint=row[5],
        reached=None if row[6] == "planned" else Phase[row[6].upper()],
        outcome=row[7],
        owner=row[8],
        contract_by=None if row[9] is None else date.fromisoformat(row[9]),
        created_at=datetime.fromisoformat(row[10]),
        reached_at=datetime.fromisoformat(row[11]),
        last_error=row[12],
        coming_back=row[13],
        built=row[14],
    )


def find(session: Session, name: str) -> Record | None:
    """The newest change of that name, open or ended."""
    rows = session.rows(queries.FIND, {"name": name})
    return _record(rows[0]) if rows else None


def get(session: Session, change_id: int) -> Record:
    """The change with that number."""
    return _record(session.rows(queries.GET, {"id": str(change_id)})[0])


def everything(session: Session) -> list[Record]:
    """All changes, open ones first."""
    return [_record(row) for row in session.rows(queries.ALL)]


def named(session: Session, name: str) -> Record:
    """The change that a person means by a name, or by a column it supplies: `users.email`."""
    if (record := find(session, name)) is not None:
        return record
    if rows := session.rows(queries.FIND_BY_OBJECT, {"name": name}):
        return _record(rows[0])
    known = dict.fromkeys(record.name for record in everything(session))  # reverted, begun again
    raise UnknownChangeError(name, tuple(known))


def add(session: Session, change: Change, plan: Plan) -> Record:
    """Freeze a plan and claim what it works on; within the caller's transaction."""
    rows = session.rows(
        queries.ADD,
        {
            "name": change.name,
            "kind": change.kind,
            "definition": json.dumps(to_document(change)),
            "objects": json.dumps([".".join(claim) for claim in plan.claims]),
            "plan": json.dumps(plan.document()),
            "fingerprint": plan.fingerprint,
            "owner": change.owner or None,
            "contract_by": change.contract_by.isoformat() if change.contract_by else None,
        },
    )
    return get(session, rows[0][0])


def claim(session: Session, record: Record) -> None:
    """Claim what the plan works on, or raise with every other change that holds a part of it."""
    for relation, thing in record.plan.claims:
        session.run(queries.CLAIM, {"relation": relation, "object": thing, **record.key})
    if taken := claimed(session, record.plan, record.id):
        raise ClaimedError(record.name, taken)


def claimed(session: Session, plan: Plan, own: int = 0) -> tuple[tuple[str, str], ...]:
    """What the plan works on and another open change holds: the thing, and the change's name."""
    taken: list[tuple[str, str]] = []
    for relation, thing in plan.claims:
        params = {"relation": relation, "object": thing, "id": str(own)}
        found = [
            *session.rows(queries.CLAIMED, params),
            *session.rows(queries.OVERLAPPING, params),
        ]
        taken += [(f"{relation}.{other}", owner) for other, owner in found]
    return tuple(taken)


def set_reached(
    session: Session, record: Record, reached: Phase | None, outcome: str | None
) -> None:
    """Note that a phase is over, or that it was reverted."""
    name = "planned" if reached is None else str(reached)
    session.run(queries.SET_REACHED, {**record.key, "reached": name, "outcome": outcome})
    if outcome is not None:
        session.run(queries.UNCLAIM, record.key)


def comes_back(session: Session, record: Record) -> None:
    """Note that the revert of its contract begins."""
    session.run(queries.COMES_BACK, record.key)


def set_built(session: Session, record: Record) -> None:
    """Note that it is closed where nothing could be lost."""
    session.run(queries.SET_BUILT, record.key)


def set_error(session: Session, record: Record, error: str) -> None:
    """Note why the last attempt failed; an attribute of the change, not a state."""
    session.run(queries.SET_ERROR, {**record.key, "error": error})


def set_step(
    session: Session, record: Record, step: str, phase: Phase, state: str, error: str | None = None
) -> None:
    """Note what became of a step."""
    params = {"step": step, "phase": str(phase), "state": state, "error": error}
    session.run(queries.SET_STEP, {**record.key, **params})


def settle(session: Session, record: Record, phase: Phase, state: str) -> None:
    """Note how the steps ended whose runner was killed between their end and their row."""
    session.run(queries.SETTLE, {**record.key, "phase": str(phase), "state": state})


def step_states(session: Session, record: Record) -> dict[str, str]:
    """The state of each step that was ever touched."""
    return {row[0]: row[2] for row in session.rows(queries.STEPS, record.key)}


def step_ages(session: Session, record: Record) -> dict[str, float]:
    """For how many seconds each step that is done has been so."""
    return dict(session.rows(queries.STEP_AGES, record.key))


def forget_step(session: Session, record: Record, step: str) -> None:
    """Forget that a step was done, and how far it had come."""
    session.run(queries.FORGET_STEP, {**record.key, "step": step})
    session.run(queries.FORGET_LANES, {**record.key, "step": step})
    session.run(queries.FORGET_QUARANTINE, {**record.key, "step": step})


def defer(
    session: Session, record: Record, phase: Phase, reasons: Sequence[str], revision: str | None
) -> None:
    """Note that a phase was asked for while its gate was closed."""
    params = {"phase": str(phase), "revision": revision, "reasons": json.dumps(list(reasons))}
    session.run(queries.DEFER, {**record.key, **params})


def not_due(session: Session, record: Record, phase: Phase) -> bool:
    """Forget that a phase is due; whether it was."""
    return session.run(queries.NOT_DUE, {**record.key, "phase": str(phase)}) > 0


def due(session: Session) -> list[Due]:
    """Every phase that waits for its gate, oldest first."""
    return [
        Due(
            change_id=row[0],
            phase=Phase[row[1].upper()],
            revision=row[2],
            reasons=tuple(json.loads(row[3])),
            since=datetime.fromisoformat(row[4]),
        )
        for row in session.rows(queries.DUE)
    ]


def set_switch(session: Session, record: Record, percent: int) -> None:
    """Note how much of the application reads the new side."""
    session.run(queries.SET_SWITCH, {**record.key, "percent": str(percent)})


def kill(session: Session, record: Record) -> None:
    """All reads to the old side, whatever somebody else is about to commit."""
    session.run(queries.KILL, record.key)


def switch_of(session: Session, record: Record) -> tuple[int, bool]:
    """How much of the application reads the new side, and whether that was killed."""
    percent, killed = session.rows(queries.SWITCH, record.key)[0]
    return int(percent), bool(killed)


def tell(session: Session, record: Record, what: str, **detail: str) -> None:
    """Add a line to the change's event log."""
    session.run(queries.TELL, {**record.key, "what": what, "detail": json.dumps(detail)})


def events(session: Session, record: Record, latest: int = 20) -> list[Noted]:
    """What was told of the change, oldest first, and no more than the latest."""
    rows = session.rows(queries.EVENTS, {**record.key, "latest": str(latest)})
    return [
        Noted(datetime.fromisoformat(at), what, json.loads(detail)) for at, what, detail in rows
    ]
