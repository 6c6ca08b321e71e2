"""`ec switch`: which side of a change is read, and which leads."""

import click

from expandcontract.cli.changes import NAME, carried_out
from expandcontract.cli.options import Common, common
from expandcontract.engine.runner import Runner
from expandcontract.engine.switching import kill, move_reads, to_new, to_old
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
@common
def switch(
    *, common: Common, name: str, percent: int | None, side: str | None, killed: bool
) -> None:
    """Move the reads of the change NAME between its two sides.

    Before the first reads move, old and new are compared in every row, so that nothing is read
    that differs. At 100 the switch phase runs: constraints are proved, and the new side leads.
    """
    if sum([percent is not None, side is not None, killed]) > 1:
        raise click.UsageError("give one of --percent, --to and --kill")

    def work(run: Runner, record: Record) -> None:
        if killed:
            kill(run, record)
        elif percent is not None:
            move_reads(run, record, percent)
        elif side == "old":
            to_old(run, record)
        else:
            to_new(run, record)

    carried_out(common, name, work)


COMMAND = switch
