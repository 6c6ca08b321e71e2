"""`ec cancel`: ends the runs of a backfill, wherever they are."""

import click

from expandcontract.cli import output
from expandcontract.cli.changes import NAME, named
from expandcontract.cli.options import Common, common
from expandcontract.cli.running import runner
from expandcontract.cli.wishes import Answer, asked, wish
from expandcontract.engine.adhoc import forget, refuse_to_forget

ANSWER = Answer(
    "{name} ends after the running chunk (worked on by {worker}); "
    "what is done stays, and ec backfill {plain} goes on from there",
    "{name} is not worked on now; what is done stays, and ec backfill {plain} goes on from there",
)


FORGOTTEN = (
    "{name} is over, and forgotten: how far it came, and which rows failed. The table keeps what "
    "was written, {rows}; the same command would begin at the first row again, as if those were "
    "not done"
)


@click.command("cancel")
@NAME
@click.option(
    "--forget",
    "forgets",
    is_flag=True,
    help="Of a backfill by --set or --python: give it up, and forget how far it came and which "
    "rows failed. Written rows stay written.",
)
@common
def cancel(*, common: Common, name: str, forgets: bool) -> None:
    """End all runs of the backfill of NAME, on whichever host; they exit with 4.

    The rows that are written stay written, and the next `ec backfill` goes on behind them; after
    --forget it would begin at the first row.
    """
    if not forgets:
        wish(common, name, "cancel", ANSWER)
        return
    with runner(common) as run:
        record = named(run, name)
        refuse_to_forget(record)
        worker = asked(run, record, "cancel")
        written = forget(run, record)
    if common.json:
        found = {"name": record.name, "wish": "cancel", "worked_on_by": worker}
        output.say(output.as_json({**found, "forgotten": True, "rows_written": written}))
    else:
        rows = {0: "no row", 1: "1 row"}.get(written, f"{written:,} rows")
        output.say(FORGOTTEN.format(name=output.strong(record.name), rows=rows))


COMMAND = cancel
