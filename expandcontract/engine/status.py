"""Where every change stands, for people and for `--json`."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from expandcontract.engine.fillings import STEERED, Filling, fillings
from expandcontract.engine.gates import gate
from expandcontract.engine.runner import Runner
from expandcontract.model.gate import Closed
from expandcontract.model.phase import Phase
from expandcontract.postgres import brown_outs, controls, lanes, leases, ledger, soaks
from expandcontract.postgres.brown_outs import GoingOn
from expandcontract.postgres.installation import installed
from expandcontract.postgres.ledger import Due, Record


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeStatus:
    """One change: how far it is, what is next, and what stands in the way."""

    name: str
    kind: str
    state: str
    is_open: bool
    next_phase: Phase | None
    closed_by: tuple[str, ...]  #: why the gate of the next phase is closed
    due: tuple[Due, ...]
    fillings: tuple[Filling, ...]
    worked_on_by: str | None
    owner: str | None
    contract_by: date | None
    since: datetime
    last_error: str | None
    wish: str | None = None  #: paused or cancelled, by whom and when
    percent: int = 0  #: how much of the reading goes to the new side
    killed: bool = False  #: whether it was taken back there by `ec switch --kill`
    closes_from: datetime | None = None  #: what contract kept may go from then on
    soak: str | None = None  #: what is watched since reads moved, and how that goes
    brown_out: GoingOn | None = None  #: its old side is out of reach for a moment
    coming_back: bool = False  #: its contract is being taken back, and that is not over

    def is_overdue(self, today: date) -> bool:
        """Whether its contract should have been over by now."""
        is_wanted = self.is_open and self.closes_from is None
        return is_wanted and self.contract_by is not None and self.contract_by < today

    def to_dict(self) -> dict[str, Any]:
        """The status as `--json` prints it."""
        return {
            "name": self.name,
            "kind": self.kind,
            "state": self.state,
            "open": self.is_open,
            "next_phase": None if self.next_phase is None else str(self.next_phase),
            "closed_by": list(self.closed_by),
            "due": [
                {
                    "phase": str(item.phase),
                    "since": item.since.isoformat(),
                    "revision": item.revision,
                    "reasons": list(item.reasons),
                }
                for item in self.due
            ],
            "backfills": [
                {
                    "step": filling.step,
                    "rows_estimated": filling.rows_estimated,
                    "rows_seen": filling.rows_seen,
                    "rows_written": filling.rows_written,
                    "finished": filling.is_over,
                    "held_by": filling.held_by,
                    "rows_failed": filling.rows_failed,
                    "workers": list(filling.workers),
                    "updated_at": filling.updated_at.isoformat(),
                }
                for filling in self.fillings
            ],
            "worked_on_by": self.worked_on_by,
            "wish": self.wish,
            "owner": self.owner,
            "contract_by": None if self.contract_by is None else self.contract_by.isoformat(),
            "since": self.since.isoformat(),
            "last_error": self.last_error,
            "percent": self.percent,
            "killed": self.killed,
            "closes_from": None if self.closes_from is None else self.closes_from.isoformat(),
            "soak": self.soak,
            "brown_out": None if self.brown_out is None else self.brown_out.document(),
            "coming_back": self.coming_back,
        }


def status(runner: Runner, name: str | None = None) -> list[ChangeStatus]:
    """Every change that the ledger holds, or the one of that name; reads only."""
    session = runner.session
    if not installed(session):
        return []
    records = ledger.everything(session) if name is None else [ledger.named(session, name)]
    due = ledger.due(session)
    version = installed(session)
    workers = lanes.working(session) if version >= STEERED else leases.live(session)
    found = fillings(session)
    wishes = controls.paused(session) if version >= STEERED else {}
    soaking = soaks.newest_of_all(session) if version >= soaks.SINCE else {}
    browned = brown_outs.going_on(session)
    return [
        replace(
            _status(runner, record, due, found.get(record.id, ()), workers.get(record.id)),
            wish=wishes.get(record.id),
            brown_out=browned.get(record.id),
            soak=str(soaking[record.id]) if record.id in soaking else None,
        )
        for record in records
    ]


def _status(
    runner: Runner,
    record: Record,
    due: list[Due],
    fillings: tuple[Filling, ...],
    worker: str | None,
) -> ChangeStatus:
    # Half way back, contract is what goes on: backward by its revert, or forward again.
    following = Phase.CONTRACT if record.coming_back else record.next_phase
    verdict = None if following is None else gate(runner, record, following, only_looking=True)
    reasons = verdict.reasons if isinstance(verdict, Closed) else ()
    percent, killed = ledger.switch_of(runner.session, record)
    return ChangeStatus(
        name=record.name,
        kind=record.kind,
        state=record.state,
        is_open=record.is_open,
        next_phase=following,
        closed_by=tuple(str(reason) for reason in reasons),
        due=tuple(item for item in due if item.change_id == record.id),
        fillings=fillings,
        worked_on_by=worker,
        owner=record.owner,
        contract_by=record.contract_by,
        since=record.reached_at,
        last_error=record.last_error,
        percent=percent,
        killed=killed,
        closes_from=record.closes_from,
        coming_back=record.coming_back,
    )
