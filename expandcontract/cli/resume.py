"""`ec resume`: lets a paused backfill go on."""

import click

from expandcontract.cli.changes import NAME
from expandcontract.cli.options import Common, common
from expandcontract.cli.wishes import Answer, wish

ANSWER = Answer(
    "{name} goes on (worked on by {worker})",
    "{name} may go on, and nobody works on it; run: ec backfill {plain}",
)


@click.command("resume")
@NAME
@common
def resume(*, common: Common, name: str) -> None:
    """Let the paused backfill of NAME go on, on whichever host it waits."""
    wish(common, name, "run", ANSWER)


COMMAND = resume
