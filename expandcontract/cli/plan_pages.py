"""A plan for people and as JSON."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from expandcontract.cli import output
from expandcontract.cli.plan_rates import Rates
from expandcontract.cli.plan_weights import told_seconds
from expandcontract.engine.foreseen import chunk_sql
from expandcontract.model.catalog import Table
from expandcontract.model.names import TableName
from expandcontract.model.phase import Phase
from expandcontract.model.plan import Plan, Step
from expandcontract.model.statement import Statement

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """One change, its plan, and where its steps stand."""

    name: str
    state: str
    plan: Plan
    states: dict[str, str] = field(default_factory=dict)
    tables: tuple[Table, ...] = ()
    revision: str | None = None  #: the revision that asks for it
    phases: tuple[Phase, ...] = tuple(Phase)  #: those that are asked for
    reverts: tuple[Phase, ...] = ()  #: those that the revision takes back
    problem: str = ""  #: why there is no plan
    waits: tuple[str, ...] = ()  #: what other changes have to do with it
    rates: Rates | None = None  #: how fast the server is


LINES = 3
"""Lines of a statement that are shown unless all were asked for: a trigger's source has many."""


def pages(found: Iterable[Planned], *, whole: bool = False) -> Iterator[str]:
    """One page for each; why a change has no plan is said once, not for each of its revisions."""
    told: set[tuple[str, str]] = set()
    for planned in found:
        if planned.problem and (planned.name, planned.problem) in told:
            continue
        told.add((planned.name, planned.problem))
        yield page(planned, whole=whole)


def page(planned: Planned, *, whole: bool = False) -> str:
    """The plan, phase by phase; `whole` shows the source of functions too."""
    head = f"{output.strong(planned.name)} ({planned.state})"
    if planned.revision is not None:
        head += f", in revision {planned.revision}"
    lines = [head, *(f"  {_size(table)}" for table in planned.tables)]
    if planned.problem:
        return "\n".join([*lines, f"  {output.bad('no plan')}: {planned.problem}"])
    lines += [f"  {output.bad('not yet')}: {reason}" for reason in planned.waits]
    for phase in planned.phases:
        lines += ["", output.strong(str(phase))]
        steps = planned.plan.of(phase)
        lines += [line for step in steps for line in _step(step, planned, whole=whole)]
        if not steps:
            lines.append(output.dim("  nothing to do"))
    lines += [f"  takes {phase} back" for phase in planned.reverts]
    if Phase.CONTRACT in planned.phases:
        lines += _ending(planned.plan)
    return "\n".join([*lines, *(f"Note: {note}" for note in planned.plan.notes)])


def _ending(plan: Plan) -> Iterator[str]:
    yield ""
    if plan.comeback:
        yield "The contract can be taken back, too:"
        yield from (f"  {step.summary}" for step in plan.comeback)
        yield from _closing(plan)
    elif plan.of(Phase.CONTRACT):
        yield output.careful("The contract is final: there is no way back from it.")


def _closing(plan: Plan) -> Iterator[str]:
    """What `ec contract --close` does, from which there is no way back."""
    if plan.close:
        yield output.careful("Until it is closed (ec contract NAME --close), which is final:")
        yield from (f"  {step.summary}" for step in plan.close)


def _size(table: Table) -> str:
    rows = "never analysed" if table.rows is None else f"about {table.rows:,} rows"
    return f"{table.name.plain}: {rows}, {table.bytes / MEGABYTE:,.1f} MB"


def _step(step: Step, planned: Planned, *, whole: bool) -> Iterator[str]:
    state = planned.states.get(step.name, "to do")
    mark = output.good(state) if state == "done" else state
    yield f"  {output.strong(step.name)} ({mark}): {step.summary}"
    for statement in step.statements:
        yield from _sql(statement, whole=whole)
        yield output.dim(f"      -- {cost(statement)}{_expected(planned, of_statement(statement))}")
    if step.backfill is not None:
        yield f"      {chunk_sql(step.backfill)}"
        expected = _expected(planned, Work(step.backfill.table, written=True))
        yield output.dim(
            f"      -- in chunks that commit one by one; each locks its own rows only{expected}"
        )
    if step.verification is not None:
        expected = _expected(planned, Work(step.verification.table, read=True))
        yield output.dim(
            f"      -- reads the whole table in chunks; locks nothing, changes nothing{expected}"
        )
    if step.revert:
        yield "    taken back by"
        for statement in step.revert:
            yield from _sql(statement, whole=whole)


@dataclass(frozen=True, slots=True)
class Work:
    """What reads or writes all of a table."""

    table: TableName | None
    read: bool = False
    written: bool = False


def of_statement(statement: Statement) -> Work:
    """What a statement does to the rows of its table."""
    written = statement.rewrites or statement.builds_index
    return Work(statement.table, read=statement.scans, written=written)


def works(step: Step) -> Iterator[Work]:
    """What a step does to the rows of its tables."""
    yield from map(of_statement, step.statements)
    if step.backfill is not None:
        yield Work(step.backfill.table, written=True)
    if step.verification is not None:
        yield Work(step.verification.table, read=True)


def seconds(planned: Planned, work: Work) -> float | None:
    """How long it may take; None where that does not hang on the size, or is not known."""
    size = next((table.bytes for table in planned.tables if table.name == work.table), None)
    if planned.rates is None or size is None or not (work.read or work.written):
        return None
    return planned.rates.seconds(size, read=work.read, written=work.written)


def _expected(planned: Planned, work: Work) -> str:
    expected = seconds(planned, work)
    return "" if expected is None else f"; {told_seconds(expected)}"


def _sql(statement: Statement, *, whole: bool) -> Iterator[str]:
    lines = statement.sql.splitlines()
    hidden = 0 if whole or len(lines) <= 2 * LINES else len(lines) - LINES
    yield from (f"      {line}" for line in lines[: len(lines) - hidden])
    if hidden:
        yield output.dim(f"      … {hidden} more lines; -v shows them")


def cost(statement: Statement) -> str:
    """What a statement locks, and what it does to the table's rows.

    >>> from expandcontract.ddl.tables import lock_exclusively
    >>> from expandcontract.model.names import TableName
    >>> cost(lock_exclusively(TableName("users", "public")))
    'ACCESS EXCLUSIVE on public.users, stops reads and writes; for a moment'
    """
    if statement.table is None or not statement.lock:
        return "locks no table" if statement.transactional else "outside a transaction"
    stopped = [("reads", statement.lock.blocks_reads), ("writes", statement.lock.blocks_writes)]
    what = " and ".join(name for name, is_stopped in stopped if is_stopped)
    done = [
        "builds an index" if statement.builds_index else "",
        "scans the table" if statement.scans else "",
        "rewrites the table" if statement.rewrites else "",
        "" if statement.transactional else "outside a transaction",
    ]
    work = ", ".join(text for text in done if text) or "for a moment"
    stops = what or "neither reads nor writes"
    where = f"{statement.table.plain}{' and all its parts' * statement.spreads}"
    return f"{statement.lock} on {where}, stops {stops}; {work}"


def document(planned: Planned) -> dict[str, Any]:
    """The plan as `--json` prints it."""
    plan = planned.plan.document()
    for step, frozen in zip(plan["steps"], planned.plan.steps, strict=True):
        step["state"] = planned.states.get(frozen.name)
        known = [found for work in works(frozen) if (found := seconds(planned, work)) is not None]
        step["expected_seconds"] = round(sum(known), 1) if known else None
    return {
        "name": planned.name,
        "state": planned.state,
        "revision": planned.revision,
        "phases": [str(phase) for phase in planned.phases],
        "reverts": [str(phase) for phase in planned.reverts],
        "problem": planned.problem or None,
        "waits": list(planned.waits),
        "fingerprint": planned.plan.fingerprint,
        "rates": None
        if planned.rates is None
        else {"read": round(planned.rates.read), "basis": planned.rates.basis},
        "tables": [
            {"name": table.name.plain, "rows_estimated": table.rows, "bytes": table.bytes}
            for table in planned.tables
        ],
        "plan": plan,
    }
