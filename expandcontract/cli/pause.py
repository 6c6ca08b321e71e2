"""`ec pause`: lets a backfill hold, wherever it runs."""

import click

from expandcontract.cli.changes import NAME
from expandcontract.cli.options import Common, common
from expandcontract.cli.wishes import Answer, wish

ANSWER = Answer(
    "{name} pauses after the running chunk (worked on by {worker}); ec resume {plain} goes on",
    "{name} is not worked on now; the next run waits until ec resume {plain}",
)


@click.command("pause")
@NAME
@common
def pause(*, common: Common, name: str) -> None:
    """Let the backfill of NAME hold, on whichever host it runs, until `ec resume NAME`.

    Whoever works hears of it within a second. A run that is begun meanwhile waits too.
    """
    wish(common, name, "pause", ANSWER)


COMMAND = pause
