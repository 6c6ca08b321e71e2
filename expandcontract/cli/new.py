"""`ec new`: writes the revision files of a change."""

import click

from expandcontract.changes.base import Change
from expandcontract.cli import output
from expandcontract.cli.options import Common, common
from expandcontract.model.phase import Phase


@click.command("new", context_settings={"ignore_unknown_options": True})
@click.argument("kind")
@click.argument("fields", nargs=-1, type=click.UNPROCESSED, metavar="[--FIELD VALUE]...")
@click.option("-m", "--message", help="What the revisions are called; else the change's name.")
@common
def new(*, common: Common, kind: str, fields: tuple[str, ...], message: str | None) -> None:
    """Write the revisions of a change of the KIND: one file for each phase, in one history.

    The fields of the kind are its options: ec new add-column --table users --column "age integer".
    A field that holds several values is given several times. Where a database can be reached, the
    change is planned on it first: a change that is refused is not written, and neither is a phase
    that has nothing to do.
    """
    from expandcontract.cli.new_fields import made  # noqa: PLC0415  imports every kind
    from expandcontract.ops.capture import alembic_config  # noqa: PLC0415  imports Alembic
    from expandcontract.ops.writing import write  # noqa: PLC0415

    change = made(kind, fields)
    config = alembic_config(common.settings().alembic_ini)
    paths = write(config, change, _phases(common, change), message or change.name)
    if common.json:
        output.say(output.as_json({"name": change.name, "files": [str(path) for path in paths]}))
        return
    output.say(f"{output.strong(change.name)}: alembic upgrade head runs what may run then")
    for path in paths:
        output.say(f"  {path}")


def _phases(common: Common, change: Change) -> set[Phase]:
    """The phases that have something to do; all of them where no database is named."""
    from expandcontract.cli.running import runner  # noqa: PLC0415
    from expandcontract.engine.apply import make_plan  # noqa: PLC0415
    from expandcontract.engine.obstructing import in_the_way  # noqa: PLC0415
    from expandcontract.errors import DatabaseError  # noqa: PLC0415

    try:
        with runner(common, looks=True) as run:
            plan = make_plan(run, change)
            for reason in dict.fromkeys(in_the_way(run, change, plan)):
                output.note(f"not to be upgraded to yet: {reason}")
            # Expand is where a change begins: without steps of its own, it is written all the same.
            return {Phase.EXPAND, *(step.phase for step in plan.steps)}
    except (click.UsageError, DatabaseError) as error:
        output.note(f"not planned, so all phases are written: {str(error).splitlines()[0]}")
        return set(Phase)


COMMAND = new
