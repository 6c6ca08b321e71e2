"""`ec switch`: which side of a change leads."""

import click

from expandcontract.cli.changes import NAME, carried_out
from expandcontract.cli.options import Common, common
from expandcontract.engine.apply import apply_phase, revert_phase
from expandcontract.engine.runner import Runner
from expandcontract.model.phase import Phase
from expandcontract.postgres.ledger import Record


@click.command("switch")
@NAME
@click.option(
    "--to",
    "side",
    type=click.Choice(["new", "old"]),
    default="new",
    show_default=True,
    help="The side that leads afterwards; old takes the switch back.",
)
@common
def switch(*, common: Common, name: str, side: str) -> None:
    """Run the switch phase of the change NAME, or take it back.

    Old and new are compared in every row first, so that nothing is switched that differs.
    """

    def work(run: Runner, record: Record) -> None:
        if side == "new":
            apply_phase(run, record, Phase.SWITCH)
        else:
            revert_phase(run, record, Phase.SWITCH)

    carried_out(common, name, work)


COMMAND = switch
