"""`ec report`: how a change went, as one page of HTML."""

from pathlib import Path

import click

from expandcontract.cli import files, output
from expandcontract.cli.changes import NAME, named
from expandcontract.cli.options import Common, common
from expandcontract.cli.report_page import page
from expandcontract.cli.running import runner
from expandcontract.engine.reporting import gather


@click.command("report")
@NAME
@click.option(
    "--output",
    "file",
    metavar="FILE.html",
    required=True,
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="Where the page goes; an earlier one is replaced.",
)
@common
def report(*, common: Common, name: str, file: Path) -> None:
    """Write how the change NAME went: phases, rate and lag, what slowed it, locks, verification.

    One page that loads nothing and holds no secret: to be mailed, or attached to a ticket.
    """
    with runner(common, looks=True) as run:
        found = gather(run, named(run, name))
    files.write(file, page(found))
    if common.json:
        output.say(output.as_json({"name": found.record.name, "file": str(file)}))
    else:
        output.say(f"{file} tells how {output.strong(found.record.name)} went")


COMMAND = report
