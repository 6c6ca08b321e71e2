"""`ec plan`: every step of a change, with its SQL and what that costs."""

from dataclasses import replace
from pathlib import Path

import click

from expandcontract.cli import output
from expandcontract.cli.changes import named
from expandcontract.cli.exits import Exit
from expandcontract.cli.lint_inputs import no_project
from expandcontract.cli.options import Common, common
from expandcontract.cli.plan_pages import Planned, document, pages
from expandcontract.cli.plan_rates import measured
from expandcontract.cli.plan_revisions import of_revisions, paths_of
from expandcontract.cli.running import runner
from expandcontract.config.environment import DSN, environment
from expandcontract.engine.runner import Runner
from expandcontract.errors import ExpandContractError, TableNotFoundError, UnknownChangeError
from expandcontract.model.catalog import Table
from expandcontract.model.names import TableName
from expandcontract.model.plan import Plan
from expandcontract.ops.errors import ProjectNotReadError
from expandcontract.postgres import ledger
from expandcontract.postgres.catalog import read_catalog


@click.command("plan")
@click.argument("target", required=False)
@click.option("--base", metavar="REF", help="With markdown: revisions new since the merge base.")
@click.option(
    "--format", "form", type=click.Choice(("text", "json", "markdown")), help="How to print it."
)
@common
def plan(*, common: Common, target: str | None, base: str | None, form: str | None) -> Exit:
    """Show the plan of TARGET: steps, SQL, locks, sizes, and what takes each step back.

    TARGET is the name of a change, a column that one works on, or an Alembic revision (or several:
    ae10:head). Without it, the revisions that the database is not yet at are planned, as it is now;
    exit 1 if one of them cannot be carried out.

    `--format markdown` is a comment for a pull request: what each revision, or each that is new,
    locks, scans and rewrites, and the phases of its changes. It needs no database; with --dsn or
    EC_DATABASE_URL it shows sizes and expected times.
    """
    if form == "markdown":
        return _comment(common, target, base)
    if base is not None:
        message = "--base goes with --format markdown"
        raise click.UsageError(message)
    with runner(common, looks=True) as run:
        found = [_sized(run, item) for item in _found(common, run, target)]
        rates = measured(run.session) if any(item.plan.steps for item in found) else None
        found = [replace(item, rates=rates) for item in found]
    if common.json or form == "json":
        output.say(output.as_json({"plans": [document(item) for item in found]}))
    elif not found:
        output.say("no revision that is pending holds a phase of a change")
    else:
        output.say("\n\n".join(pages(found, whole=common.verbosity > 0)))
        if rates is not None:
            output.say(f"\n{rates.told()}")
    return Exit.FINDINGS if any(item.problem or item.waits for item in found) else Exit.DONE


class UnknownTargetError(ExpandContractError):
    """There is neither a change nor a revision of this name."""

    def __init__(self, target: str, as_change: str, as_revision: str) -> None:
        super().__init__(target, as_change, as_revision)
        self.target = target
        self.as_change = as_change
        self.as_revision = as_revision

    def __str__(self) -> str:
        return (
            f"{self.target} is neither a change nor a revision: {self.as_change}; "
            f"{self.as_revision}"
        )


def _comment(common: Common, target: str | None, base: str | None) -> Exit:
    from expandcontract.cli import lint_base, plan_weights  # noqa: PLC0415  git, a driver
    from expandcontract.cli.plan_comment import comment  # noqa: PLC0415
    from expandcontract.cli.plan_known import known  # noqa: PLC0415  a driver

    config = common.settings()
    if not config.alembic_ini.is_file():
        raise click.UsageError(no_project(config))
    new = None if base is None else lint_base.changed(base)
    asked = None if target is None else paths_of(config.alembic_ini, target)
    given = common.dsn or environment().get(DSN)
    weights = plan_weights.weighed(common.database()) if given else plan_weights.Weights()

    def wanted(path: str) -> bool:
        found = Path(path).resolve()
        return (new is None or found in new) and (asked is None or found in asked)

    with known(common.database() if given else None) as database:
        output.say(comment(config, wanted, weights, database))
    return Exit.DONE


def _found(common: Common, run: Runner, target: str | None) -> list[Planned]:
    if target is None:
        return of_revisions(common, run, None)
    try:
        return [_of_ledger(run, target)]
    except UnknownChangeError as unknown:
        try:
            return of_revisions(common, run, target)
        except ProjectNotReadError as no_revision:
            raise UnknownTargetError(target, str(unknown), str(no_revision)) from None


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
