"""`ec plan`: every step of a change, with its SQL and what that costs."""

import click

from expandcontract.cli import output
from expandcontract.cli.changes import named
from expandcontract.cli.options import Common, common
from expandcontract.cli.plan_pages import Planned, document, page
from expandcontract.cli.running import runner
from expandcontract.engine.runner import Runner
from expandcontract.errors import TableNotFoundError
from expandcontract.model.catalog import Table
from expandcontract.model.names import TableName
from expandcontract.model.plan import Plan
from expandcontract.postgres import ledger
from expandcontract.postgres.catalog import read_catalog


@click.command("plan")
@click.argument("target")
@common
def plan(*, common: Common, target: str) -> None:
    """Show the plan of TARGET: steps, SQL, locks, sizes, and what takes each step back.

    TARGET is the name of a change that was started, or a column that it works on.
    """
    with runner(common) as run:
        found = [_of_ledger(run, target)]
    if common.json:
        output.say(output.as_json({"plans": [document(item) for item in found]}))
    else:
        output.say("\n\n".join(page(item, whole=common.verbosity > 0) for item in found))


def _of_ledger(run: Runner, name: str) -> Planned:
    record = named(run, name)
    return Planned(
        name=record.name,
        state=record.state,
        plan=record.plan,
        states=ledger.step_states(run.session, record),
        tables=sizes(run, record.plan),
    )


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
