"""`ec backfill`: copies what was there before the trigger, from wherever it was left."""

import click

from expandcontract.cli import output
from expandcontract.cli.changes import carried_out, named
from expandcontract.cli.options import Common, common
from expandcontract.cli.running import MAX_LAG, Tempo, runner
from expandcontract.engine.apply import apply_phase
from expandcontract.engine.foreseen import Foreseen, foreseen
from expandcontract.model.phase import Phase


@click.command("backfill")
@click.argument("target")
@click.option("--max-lag", type=MAX_LAG, help="Hold while a standby is so far behind: 5s, off.")
@click.option("--target-ms", type=click.IntRange(min=1), help="How long one chunk should take.")
@click.option("--batch-size", type=click.IntRange(min=1), help="Rows in a chunk, always so many.")
@click.option("--dry-run", is_flag=True, help="Say what would be done, and write nothing.")
@click.option("--set", "assignment", metavar="'COLUMN = EXPRESSION'", hidden=True)
@click.option("--where", hidden=True)
@common
def backfill(  # noqa: PLR0913  one parameter for each option
    *,
    common: Common,
    target: str,
    max_lag: float | None,
    target_ms: int | None,
    batch_size: int | None,
    dry_run: bool,
    assignment: str | None,
    where: str | None,
) -> None:
    """Run the backfill phase of the change TARGET; what is done already is skipped.

    It works in short transactions that commit their progress, so it can be stopped and run again
    at any time, here or on another host.
    """
    if assignment or where:
        message = (
            "backfilling a table by --set is not there yet; TARGET is the name of a change, "
            "or a column that one works on (ec status lists them)"
        )
        raise click.UsageError(message)
    if dry_run:
        _foretell(common, target)
        return
    limited = max_lag != float("inf")
    tempo = Tempo(
        max_lag=max_lag if limited else None,
        watches_lag=limited,
        target_ms=target_ms,
        batch_size=batch_size,
    )
    carried_out(common, target, lambda run, rec: apply_phase(run, rec, Phase.BACKFILL), tempo)


def _foretell(common: Common, target: str) -> None:
    with runner(common) as run:
        found = foreseen(run, named(run, target))
    if common.json:
        output.say(output.as_json({"steps": found, "written": False}))
        return
    for step in found:
        output.say(_told(step))
    output.say("nothing was written" if found else "nothing is left to do")


def _told(step: Foreseen) -> str:
    facts: dict[str, object] = {"step": step.name, "afterwards": step.summary}
    if step.table is not None:
        of = "unknown" if step.rows_estimated is None else f"about {step.rows_estimated:,}"
        facts |= {"table": step.table, "rows": of, "done already": f"{step.rows_seen:,}"}
        facts["goes on"] = step.position or "at the first row"
    for at, sql in enumerate(step.sql):
        facts["runs" if at == 0 else f"runs ({at + 1})"] = sql
    return output.pairs(facts) + "\n"


COMMAND = backfill
