"""`ec rehearse`: the pending revisions, carried out where nothing is lost."""

from typing import TYPE_CHECKING

import click

from expandcontract.cli import output
from expandcontract.cli.exits import Exit
from expandcontract.cli.lint_inputs import no_project
from expandcontract.cli.options import EMBEDDED, Common, Seconds, common, scratch_server

if TYPE_CHECKING:
    from expandcontract.rehearsal.rehearse import Wish


@click.command("rehearse")
@click.argument("revisions", nargs=-1, metavar="[REVISION]...")
@click.option(
    "--scratch",
    default=EMBEDDED,
    metavar="DSN",
    help="The server to work on; else an embedded one of the target's major.",
)
@click.option("--history", is_flag=True, help="Ask no database: the earlier revisions make it.")
@click.option("--database", default="", metavar="NAME", help="Where the project has several.")
@click.option(
    "--rows",
    type=click.IntRange(min=0),
    default=100,
    show_default=True,
    help="Made-up rows of each table.",
)
@click.option("--load", is_flag=True, help="Once more, while an old and a new release write.")
@click.option(
    "--seconds",
    type=Seconds(min=0, min_open=True),
    default=1.0,
    show_default=True,
    help="With --load: how long each situation lasts.",
)
@common
def rehearse(  # noqa: PLR0913  # an option each
    *,
    common: Common,
    revisions: tuple[str, ...],
    scratch: str,
    history: bool,
    database: str,
    rows: int,
    load: bool,
    seconds: float,
) -> Exit:
    """Carry REVISION, or all that is pending, out on a scratch server, and show what it did.

    The schema is taken from the database that --dsn names, which is read and nothing else. For each
    statement, and for each step of the phases that follow, the locks that it took, what it rewrote,
    scanned and built are shown, and where that is not what `ec lint` says. Exit 1 if something
    failed, if the server did more than lint says, or if a release was disturbed.
    """
    from expandcontract.rehearsal.rehearse import Wish  # noqa: PLC0415  imports Alembic

    if common.settings().dialect != "postgres":
        message = "only PostgreSQL is rehearsed"
        raise click.UsageError(message)
    return _rehearsed(
        common,
        Wish(
            revisions=revisions,
            dsn=None if history else _target(common),
            scratch=scratch_server(scratch),
            database=database,
            rows=rows,
            load=load,
            seconds=seconds,
        ),
    )


def _rehearsed(common: Common, wish: "Wish") -> Exit:
    from expandcontract.cli import rehearse_pages as pages  # noqa: PLC0415
    from expandcontract.cli.plan_weights import Weights, weighed  # noqa: PLC0415
    from expandcontract.ops.capture import alembic_config  # noqa: PLC0415
    from expandcontract.rehearsal.rehearse import rehearse as carried_out  # noqa: PLC0415

    settings = common.settings()
    if not settings.alembic_ini.is_file():
        raise click.UsageError(no_project(settings))
    say = output.note if common.verbosity >= 0 else _nobody
    found = carried_out(alembic_config(settings.alembic_ini), wish, say)
    if common.json:
        output.say(output.as_json(pages.document(found)))
    else:
        weights = Weights() if wish.dsn is None else weighed(wish.dsn)
        output.say("\n".join(pages.page(found, weights)))
    return Exit.DONE if found.is_good else Exit.FINDINGS


def _target(common: Common) -> str:
    try:
        return common.database()
    except click.UsageError as error:
        message = f"{error.message}; --history rehearses without one"
        raise click.UsageError(message) from None


def _nobody(_text: str) -> None:
    """Say nothing."""


COMMAND = rehearse
