"""`ec verify`: compares old with new, and writes no row of the table unless asked to repair."""

import click

from expandcontract.cli.changes import NAME, carried_out
from expandcontract.cli.options import DURATION, Common, common
from expandcontract.engine.reverifying import verify_until_contracted
from expandcontract.engine.runner import Runner
from expandcontract.engine.verifying import verify_change
from expandcontract.postgres.ledger import Record

SHORTEST = 1.0
"""Seconds from one verification to the next."""


@click.command("verify")
@NAME
@click.option("--repair", is_flag=True, help="Write the rows that differ, as the leading side has.")
@click.option("--rate", type=click.IntRange(min=1), help="Rows a second at most.")
@click.option("--every", type=DURATION, help="Again after so long, until contract: 10min.")
@common
def verify(
    *, common: Common, name: str, repair: bool, rate: int | None, every: float | None
) -> None:
    """Compare both sides of the change NAME in every row; exit 1 where they differ.

    It reads in short transactions while the application goes on writing, and can be run as often
    as you like between backfill and contract. Rows that differ before the switch open the backfill
    again: run it, which writes only those, and verify once more; or let --repair write them now.
    After the switch --repair writes the new side's values into the old one, never the other way.
    """
    if every is not None and every < SHORTEST:
        message = f"--every is {SHORTEST:g} s or more: without a pause it would never rest"
        raise click.UsageError(message)

    def work(runner: Runner, record: Record) -> None:
        if every is None:
            verify_change(runner, record, repair=repair, rate=rate)
        else:
            verify_until_contracted(runner, record, every=every, repair=repair, rate=rate)

    carried_out(common, name, work, proved="old and new agree in every row")


COMMAND = verify
