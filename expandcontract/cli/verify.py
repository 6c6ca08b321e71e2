"""`ec verify`: compares old with new, and writes no row of the table."""

import click

from expandcontract.cli.changes import NAME, carried_out
from expandcontract.cli.options import Common, common
from expandcontract.engine.verifying import verify_change


@click.command("verify")
@NAME
@common
def verify(*, common: Common, name: str) -> None:
    """Compare both sides of the change NAME in every row; exit 1 where they differ.

    It reads in short transactions while the application goes on writing, and can be run as often
    as you like between backfill and contract. Rows that differ before the switch open the backfill
    again: run it, which writes only those, and verify once more.
    """
    carried_out(common, name, verify_change, proved="old and new agree in every row")


COMMAND = verify
