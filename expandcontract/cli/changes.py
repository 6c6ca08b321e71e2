"""The change that a command names, and what is said about it at the end."""

from collections.abc import Callable

import click

from expandcontract.cli import output
from expandcontract.cli.options import Common
from expandcontract.cli.progress import Telling
from expandcontract.cli.running import Tempo, runner
from expandcontract.engine.events import Event, Tell
from expandcontract.engine.runner import Runner
from expandcontract.engine.status import ChangeStatus, status
from expandcontract.errors import UnknownChangeError
from expandcontract.model.returning import ways_on
from expandcontract.postgres import ledger
from expandcontract.postgres.installation import install, installed
from expandcontract.postgres.ledger import Record

NAME = click.argument("name")


def named(runner: Runner, name: str) -> Record:
    """The change of that name or on that column; a ledger is looked for, and never made."""
    if not installed(runner.session):
        raise UnknownChangeError(name, ())
    try:
        return ledger.named(runner.session, name)
    except UnknownChangeError as error:
        raise UnknownChangeError(name, (*error.known, *_columns(runner))) from None


def _columns(runner: Runner) -> list[str]:
    """The columns by which open changes can be named, without the schema that most are in."""
    open_ones = [record for record in ledger.everything(runner.session) if record.is_open]
    return [
        f"{relation.removeprefix('public.')}.{thing}"
        for record in open_ones
        for relation, thing in record.plan.claims
    ]


def carried_out(
    common: Common,
    name: str,
    work: Callable[[Runner, Record], object],
    tempo: Tempo | None = None,
    *,
    proved: str = "",
) -> None:
    """Work on one change, tell what happens, and say what it `proved` and where it stands then."""
    telling = Telling(as_json=common.json, quiet=common.verbosity < 0)
    listeners: tuple[Tell, ...] = (telling, *(() if tempo is None else tempo.listeners))

    def tell(event: Event) -> None:
        for listener in listeners:
            listener(event)

    with telling, runner(common, tell=tell, tempo=tempo) as with_what:
        record = named(with_what, name)
        install(with_what.session)  # a ledger of an earlier release is brought up to date
        work(with_what, record)
        after = status(with_what, record.name)[0]
    if proved and not common.json:
        output.say(proved)
    output.say(output.as_json(after.to_dict()) if common.json else outcome(after))


def outcome(change: ChangeStatus) -> str:
    """Where a change stands, and which command comes next."""
    lines = [f"{output.strong(change.name)} is {output.good(change.state)}"]
    if change.killed or 0 < change.percent < 100:  # noqa: PLR2004  # per cent
        reads = "reads were killed" if change.killed else "reads are moving"
        lines.append(f"{output.careful(reads)}: {change.percent} % of the keys read the new side")
    if change.coming_back:
        lines.append(f"next: {ways_on(change.name)}")
    elif change.next_phase is not None:
        lines.append(f"next: ec {change.next_phase} {change.name}")
        lines += [f"  {output.careful('not yet')}: {reason}" for reason in change.closed_by]
    if change.closes_from is not None:
        lines.append(f"final, once nobody wants it back: ec contract {change.name} --close")
    return "\n".join(lines)
