"""`ec switch`: which side of a change is read, and which leads."""

import click

from expandcontract.cli.changes import NAME, carried_out
from expandcontract.cli.options import Common, common
from expandcontract.cli.watched import Watched, watched
from expandcontract.engine.moving import move
from expandcontract.engine.runner import Runner
from expandcontract.engine.switching import ALL, kill, move_reads, to_old
from expandcontract.postgres.ledger import Record


@click.command("switch")
@NAME
@click.option(
    "--percent",
    type=click.IntRange(0, 100),
    metavar="N",
    help="Let so many per cent of the keys read the new side; 100 is --to new, 0 is --to old.",
)
@click.option(
    "--to",
    "side",
    type=click.Choice(["new", "old"]),
    help="The side that everybody reads, and that leads; old takes the switch back. "
    "Without any option: new.",
)
@click.option(
    "--kill", "killed", is_flag=True, help="All reads to the old side at once, without any gate."
)
@click.option(
    "--override",
    metavar="REASON",
    help="Go on although the gate is closed by what may be a mistake; the ledger keeps why. "
    "What would lose data stays closed.",
)
@watched
@click.option(
    "--no-wait", is_flag=True, help="Write down what to watch, and leave it to ec watch NAME."
)
@common
def switch(  # noqa: PLR0913  # click gives each option by itself
    *,
    common: Common,
    name: str,
    percent: int | None,
    side: str | None,
    killed: bool,
    override: str | None,
    wanted: Watched,
    no_wait: bool,
) -> None:
    """Move the reads of the change NAME between its two sides.

    Before the first reads move, old and new are compared in every row, so that nothing is read
    that differs. At 100 the switch phase runs: constraints are proved, and the new side leads.

    With --watch it stays, and takes the switch back by itself when a figure goes beyond its limit:
    exit 1.
    """
    if sum([percent is not None, side is not None, killed]) > 1:
        raise click.UsageError("give one of --percent, --to and --kill")
    if override is not None and not override.strip():
        raise click.UsageError("--override wants the reason, for whoever reads the ledger later")
    goal = (0 if side == "old" else ALL) if percent is None else percent
    soak = wanted.soak(common.settings().watches)
    if soak is None and no_wait:
        raise click.UsageError("--no-wait leaves the watching to others, and nothing is watched")
    if (killed or goal == 0) and (soak is not None or override is not None):
        raise click.UsageError("what goes back to the old side has no gate and is not watched")

    def work(run: Runner, record: Record) -> None:
        if killed:
            kill(run, record)
        elif goal == 0:
            to_old(run, record) if side == "old" else move_reads(run, record, 0)
        else:
            move(run, record, goal, override=override or "", soak=soak, wait=not no_wait)

    carried_out(common, name, work)


COMMAND = switch
