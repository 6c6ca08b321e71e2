"""The plans of what Alembic revisions ask for."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import LiteralString

from expandcontract.cli.options import Common
from expandcontract.cli.plan_pages import Planned
from expandcontract.engine.apply import make_plan
from expandcontract.engine.obstructing import in_the_way
from expandcontract.engine.runner import Runner
from expandcontract.errors import ColumnNotFoundError, ExpandContractError, TableNotFoundError
from expandcontract.model.phase import Phase
from expandcontract.model.plan import Plan
from expandcontract.ops.capture import PlannedPhase, alembic_config, files_of, planned
from expandcontract.postgres import ledger
from expandcontract.postgres.installation import installed
from expandcontract.postgres.ledger import Record
from expandcontract.postgres.session import Session

HAS_VERSIONS: LiteralString = "SELECT pg_catalog.to_regclass('alembic_version') IS NOT NULL"
VERSIONS: LiteralString = "SELECT version_num FROM alembic_version"


def of_revisions(common: Common, run: Runner, revisions: str | None) -> list[Planned]:
    """What one revision or a range does; without any, what is not yet upgraded to."""
    config = alembic_config(common.settings().alembic_ini)
    if revisions is not None:
        return list(_planned(run, planned(config, revisions)))
    found = planned(config)
    for head in _heads(run.session):
        after = {phase.revision for phase in planned(config, f"{head}:heads")}
        found = [phase for phase in found if phase.revision in after]
    return list(_planned(run, found))


def paths_of(ini: Path, revisions: str) -> frozenset[Path]:
    """The files of one revision or of a range."""
    return frozenset(Path(path).resolve() for path in files_of(alembic_config(ini), revisions))


def _heads(session: Session) -> list[str]:
    """The revisions that the database is at; Alembic's table under its usual name."""
    if not session.rows(HAS_VERSIONS)[0][0]:
        return []
    return [version for (version,) in session.rows(VERSIONS)]


def _planned(run: Runner, phases: Iterable[PlannedPhase]) -> Iterator[Planned]:
    """One page for each change in a revision, with those of its phases that stand there."""
    together: dict[tuple[str, str], list[PlannedPhase]] = {}
    for phase in phases:
        together.setdefault((phase.revision, phase.change.name), []).append(phase)
    for (revision, name), asked in together.items():
        record = _record(run.session, name)
        plan, problem = _plan(run, asked[0], record)
        begins = record is None and not problem and Phase.EXPAND in _ordered(asked, reverts=False)
        yield Planned(
            name=name,
            state="not started" if record is None else record.state,
            plan=plan,
            states={} if record is None else ledger.step_states(run.session, record),
            revision=revision,
            phases=_ordered(asked, reverts=False),
            reverts=_ordered(asked, reverts=True),
            problem=problem,
            waits=in_the_way(run, asked[0].change, plan) if begins else (),
        )


def _ordered(asked: list[PlannedPhase], *, reverts: bool) -> tuple[Phase, ...]:
    return tuple(sorted({item.phase for item in asked if item.reverts is reverts}))


def _record(session: Session, name: str) -> Record | None:
    record = ledger.find(session, name) if installed(session) else None
    return None if record is None or record.outcome == "reverted" else record


def _plan(run: Runner, asked: PlannedPhase, record: Record | None) -> tuple[Plan, str]:
    """The frozen plan, or the one that would be made now; else why none can be made."""
    if record is not None:
        return record.plan, ""
    try:
        return make_plan(run, asked.change), ""
    except (TableNotFoundError, ColumnNotFoundError) as error:
        return Plan(steps=()), f"{error}; a pending revision may create it"
    except ExpandContractError as error:
        return Plan(steps=()), str(error)
