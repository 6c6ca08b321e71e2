"""`ec plan`: every step of a change, with its SQL and what that costs."""

from dataclasses import replace

import click

from expandcontract.cli import output
from expandcontract.cli.changes import named
from expandcontract.cli.exits import Exit
from expandcontract.cli.options import Common, common
from expandcontract.cli.plan_pages import Planned, document, pages
from expandcontract.cli.plan_revisions import of_revisions
from expandcontract.cli.running import runner
from expandcontract.engine.runner import Runner
from expandcontract.errors import TableNotFoundError, UnknownChangeError
from expandcontract.model.catalog import Table
from expandcontract.model.names import TableName
from expandcontract.model.plan import Plan
from expandcontract.ops.errors import ProjectNotReadError
from expandcontract.postgres import ledger
from expandcontract.postgres.catalog import read_catalog


@click.command("plan")
@click.argument("target", required=False)
@common
def plan(*, common: Common, target: str | None) -> Exit:
    """Show the plan of TARGET: steps, SQL, locks, sizes, and what takes each step back.

    TARGET is the name of a change, a column that one works on, or an Alembic revision (or several:
    ae10:head). Without it, the revisions that the database is not yet at are planned, as it is now;
    exit 1 if one of them cannot be carried out.
    """
    with runner(common) as run:
        found = [_sized(run, item) for item in _found(common, run, target)]
    if common.json:
        output.say(output.as_json({"plans": [document(item) for item in found]}))
    elif not found:
        output.say("no revision that is pending holds a phase of a change")
    else:
        output.say("\n\n".join(pages(found, whole=common.verbosity > 0)))
    return Exit.FINDINGS if any(item.problem for item in found) else Exit.DONE


def _found(common: Common, run: Runner, target: str | None) -> list[Planned]:
    if target is None:
        return of_revisions(common, run, None)
    try:
        return [_of_ledger(run, target)]
    except UnknownChangeError as unknown:
        try:
            return of_revisions(common, run, target)
        except ProjectNotReadError:
            raise unknown from None


def _of_ledger(run: Runner, name: str) -> Planned:
    record = named(run, name)
    states = ledger.step_states(run.session, record)
    return Planned(name=record.name, state=record.state, plan=record.plan, states=states)


def _sized(run: Runner, planned: Planned) -> Planned:
    return replace(planned, tables=sizes(run, planned.plan))


def sizes(run: Runner, plan: Plan) -> tuple[Table, ...]:
    """The tables that the plan works on, as large as they are now."""
    names: dict[TableName, None] = {}
    for step in plan.steps:
        for table in (step.backfill or step.verification, *step.statements):
            if table is not None and table.table is not None:
                names[table.table] = None
    found: list[Table] = []
    for name in names:
        try:
            found += read_catalog(run.session, [name]).tables
        except TableNotFoundError:
            continue  # dropped since
    return tuple(found)


COMMAND = plan
