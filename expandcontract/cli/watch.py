"""`ec watch`: goes on watching the health of a switch, from any host."""

import click

from expandcontract.cli.changes import NAME, carried_out
from expandcontract.cli.options import Common, common
from expandcontract.engine import soaking
from expandcontract.engine.runner import Runner
from expandcontract.postgres.ledger import Record


@click.command("watch")
@NAME
@common
def watch(*, common: Common, name: str) -> None:
    """Watch what ec switch NAME --watch has written down, until its time is over.

    A figure beyond its limit takes the switch back to the old side: exit 1. Ctrl-C ends the
    watching, and leaves the switch where it is.
    """
    known = common.settings().watches

    def work(run: Runner, record: Record) -> None:
        soaking.watch(run, record, soaking.recorded(run, record), known)

    carried_out(common, name, work)


COMMAND = watch
