"""`ec status`: where every change stands."""

import time
from collections.abc import Iterator
from datetime import UTC, date, datetime

import click

from expandcontract.cli import output
from expandcontract.cli.changes import named
from expandcontract.cli.exits import Exit
from expandcontract.cli.options import Common, common
from expandcontract.cli.running import runner
from expandcontract.engine.fillings import Filling
from expandcontract.engine.status import ChangeStatus
from expandcontract.engine.status import status as status_of
from expandcontract.model.returning import ways_on
from expandcontract.postgres import ledger
from expandcontract.postgres.ledger import Noted


@click.command("status")
@click.argument("name", required=False)
@click.option("--overdue", is_flag=True, help="Only contracts past their date; exit 1 if any.")
@common
def status(*, common: Common, name: str | None, overdue: bool) -> Exit:
    """Show all changes, or the one called NAME: phase, progress, gates, what is due.

    NAME may also be a column that the change works on: users.email. With --overdue it is a check
    for CI: it shows the changes whose contract was wanted by an earlier date, and ends with 1.
    """
    today = datetime.fromtimestamp(time.time(), tz=UTC).date()
    told: list[Noted] = []
    with runner(common, looks=True) as run:
        record = None if name is None else named(run, name)
        found = status_of(run, None if record is None else record.name)
        if record is not None:
            told = ledger.events(run.session, record)
    if overdue:
        found = [change for change in found if change.is_overdue(today)]
    if common.json:
        log = {} if name is None else {"events": told}
        output.say(output.as_json({"changes": [{**change.to_dict(), **log} for change in found]}))
    elif not found and overdue:
        output.say("no contract is overdue")
    elif not found:
        output.say("no change was ever started in this database")
    else:
        output.say(page(found, today))
        if told:
            output.say(f"\n{events(told)}")
    return Exit.FINDINGS if overdue and found else Exit.DONE


def events(told: list[Noted]) -> str:
    """The latest lines of a change's event log."""
    rows = [
        (
            f"{one.at:%Y-%m-%d %H:%M:%S %Z}",
            one.what,
            ", ".join(f"{key} {value}" for key, value in one.detail.items()),
        )
        for one in told
    ]
    return output.table(("when", "what", "detail"), rows)


def page(changes: list[ChangeStatus], today: date) -> str:
    """A table of all changes, and below it what has to be known about some."""
    rows = [
        (
            change.name,
            change.state,
            _next(change),
            _gate(change),
            f"{change.since:%Y-%m-%d %H:%M %Z}",
            change.owner,
        )
        for change in changes
    ]
    parts = [output.table(("change", "state", "next", "gate", "since", "owner"), rows)]
    for change in changes:
        if details := list(_details(change, today)):
            lines = "\n".join(f"  {line}" for line in details)
            parts.append(f"\n{output.strong(change.name)}\n{lines}")
    return "\n".join(parts)


def _next(change: ChangeStatus) -> str:
    if change.coming_back:
        return "revert of contract"
    return "-" if change.next_phase is None else str(change.next_phase)


def _gate(change: ChangeStatus) -> str:
    if change.next_phase is None or change.coming_back:  # a way back has no gate
        return "-"
    return output.careful("closed") if change.closed_by else output.good("open")


def _details(change: ChangeStatus, today: date) -> Iterator[str]:
    yield from _now(change)
    for filling in change.fillings:
        if not filling.is_over:
            yield _filled(filling)
        if filling.rows_failed and change.is_open:
            again = f"ec backfill {change.name} --quarantined"
            yield output.bad(f"{filling.step}: {filling.rows_failed:,} rows in quarantine; {again}")
    for due in change.due:
        revision = f", asked for by revision {due.revision}" if due.revision else ""
        yield f"due since {due.since:%Y-%m-%d %H:%M %Z}{revision}: ec {due.phase} {change.name}"
    phase = "contract again" if change.coming_back else change.next_phase
    yield from (f"{phase} may not start: {reason}" for reason in change.closed_by)
    yield from _wishes(change, today)


def _now(change: ChangeStatus) -> Iterator[str]:
    """What goes on, and what was left in the middle."""
    if change.worked_on_by is not None:
        yield f"worked on by {change.worked_on_by}"
    if change.brown_out is not None:
        yield output.careful(str(change.brown_out))
    if change.coming_back:
        yield output.bad(f"{change.state}: {ways_on(change.name)}")
    if change.wish is not None and change.is_open:
        yield output.careful(change.wish)
    if change.soak is not None and change.is_open:
        yield change.soak


def _wishes(change: ChangeStatus, today: date) -> Iterator[str]:
    if change.is_overdue(today):
        yield output.bad(f"overdue: contract was wanted by {change.contract_by}")
    elif change.is_open and change.closes_from is None and change.contract_by is not None:
        yield f"contract is wanted by {change.contract_by}"
    if change.closes_from is not None:
        yield (
            f"can be taken back until it is closed: ec contract {change.name} --close "
            f"(without a name from {change.closes_from:%Y-%m-%d} on)"
        )
    if change.is_open and change.last_error is not None:
        yield f"the last attempt ended with: {change.last_error.splitlines()[0]}"


def _filled(filling: Filling) -> str:
    of = "" if filling.rows_estimated is None else f" of about {filling.rows_estimated:,}"
    text = f"{filling.step}: {filling.rows_seen:,}{of} rows, {filling.rows_written:,} written"
    held = f", held: {filling.held_by}" if filling.held_by else ""
    return f"{text}, at {filling.updated_at:%Y-%m-%d %H:%M:%S %Z}{held}"


COMMAND = status
