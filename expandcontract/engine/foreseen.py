"""What a backfill phase would do now, without doing it."""

from dataclasses import dataclass

from expandcontract.engine.estimating import estimate
from expandcontract.engine.runner import Runner
from expandcontract.model.backfill import Backfill
from expandcontract.model.names import quoted
from expandcontract.model.phase import Phase
from expandcontract.model.plan import Plan, Step
from expandcontract.model.walk import BlockWalk, KeyWalk, Walk
from expandcontract.pacing.estimate import Estimate
from expandcontract.postgres import lanes, relations
from expandcontract.postgres.ledger import Record

COMPUTED = "(what the function gives)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreseen:
    """One step that is not done yet; the fields about rows are a backfill's."""

    name: str
    summary: str
    sql: tuple[str, ...]
    table: str | None = None
    rows_estimated: int | None = None
    rows_seen: int = 0
    position: str | None = None  #: where it goes on, in words
    estimate: Estimate | None = None  #: what is left will cost


def foreseen(runner: Runner, record: Record) -> list[Foreseen]:
    """The steps of the backfill phase that are left; reads only."""
    if record.reached is not None and record.reached >= Phase.BACKFILL:
        return []
    found = []
    for step in record.plan.of(Phase.BACKFILL):
        if runner.holds(step.done):
            continue
        if step.backfill is None:
            sql = tuple(statement.sql for statement in step.statements)
            found.append(Foreseen(name=step.name, summary=step.summary, sql=sql))
        elif (filling := _filling(runner, record, step, step.backfill)) is not None:
            found.append(filling)
    return found


def foreseen_plan(runner: Runner, plan: Plan) -> list[Foreseen]:
    """The backfills of a plan that was not begun yet."""
    return [
        Foreseen(
            name=step.name,
            summary=step.summary,
            sql=(chunk_sql(step.backfill),),
            table=step.backfill.table.plain,
            rows_estimated=_estimate(runner, step.backfill),
            estimate=estimate(runner, step.backfill),
        )
        for step in plan.of(Phase.BACKFILL)
        if step.backfill is not None
    ]


def _estimate(runner: Runner, backfill: Backfill) -> int | None:
    counts = [leaf.rows for leaf in relations.leaves(runner.session, backfill)]
    known = [count for count in counts if count is not None]
    return sum(known) if known and len(known) == len(counts) else None


def _filling(runner: Runner, record: Record, step: Step, backfill: Backfill) -> Foreseen | None:
    """Where the copy stands; None where it is over."""
    session, table = runner.session, backfill.table
    found = lanes.totals(session, record, step.name)
    if found.lanes and not found.unfinished:
        return None
    return Foreseen(
        name=step.name,
        summary=step.summary,
        sql=(chunk_sql(backfill),),
        table=table.plain,
        rows_estimated=_estimate(runner, backfill),
        rows_seen=found.seen,
        estimate=estimate(runner, backfill, seen=found.seen),
        position=_position(lanes.first_open(session, record, step.name, backfill)),
    )


def _position(walk: Walk | None) -> str | None:
    """Where the first lane goes on, in words."""
    match walk:
        case KeyWalk(position=tuple(position)):
            return f"above key {', '.join(position)}"
        case BlockWalk(start=start) if start:
            return f"at block {start}"
        case _:
            return None


def chunk_sql(backfill: Backfill) -> str:
    """The command of one chunk, for reading: its bounds are left open."""
    found = (
        (column, COMPUTED if backfill.reads else value) for column, value in backfill.assignments
    )
    values = ", ".join(f"{quoted(column)} = {value}" for column, value in found)
    if not backfill.key:
        return f"UPDATE {backfill.table} SET {values} WHERE ctid >= (low) AND ctid < (high)"
    key = ", ".join(map(quoted, backfill.key))
    return f"UPDATE {backfill.table} SET {values} WHERE ({key}) > (low) AND ({key}) <= (high)"
