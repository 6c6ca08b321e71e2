"""`ec cancel`: ends the runs of a backfill, wherever they are."""

import click

from expandcontract.cli import output
from expandcontract.cli.changes import NAME, named
from expandcontract.cli.options import Common, common
from expandcontract.cli.running import runner
from expandcontract.cli.wishes import Answer, wish
from expandcontract.engine.adhoc import forget

ANSWER = Answer(
    "{name} ends after the running chunk (worked on by {worker}); "
    "what is done stays, and ec backfill {plain} goes on from there",
    "{name} is not worked on now; what is done stays, and ec backfill {plain} goes on from there",
)


@click.command("cancel")
@NAME
@click.option(
    "--forget",
    "forgets",
    is_flag=True,
    help="Of a backfill by --set: forget how far it came, too; it is over then.",
)
@common
def cancel(*, common: Common, name: str, forgets: bool) -> None:
    """End all runs of the backfill of NAME, on whichever host; they exit with 4.

    The rows that are written stay written, and the next `ec backfill` goes on behind them.
    """
    wish(common, name, "cancel", ANSWER)
    if forgets:
        with runner(common) as run:
            forget(run, named(run, name))
        if not common.json:
            output.say("it is forgotten: the same command begins at the first row")


COMMAND = cancel
