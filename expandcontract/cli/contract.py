"""`ec contract`: takes the old side away, once nobody needs it."""

import time
from dataclasses import replace
from datetime import UTC, datetime

import click

from expandcontract.cli import output
from expandcontract.cli.changes import carried_out, outcome
from expandcontract.cli.exits import Exit
from expandcontract.cli.options import DURATION, Common, common
from expandcontract.cli.progress import Telling
from expandcontract.cli.running import runner
from expandcontract.cli.watched import Watched, watched
from expandcontract.engine import browning
from expandcontract.engine.apply import apply_phase
from expandcontract.engine.closing import close
from expandcontract.engine.runner import Runner
from expandcontract.engine.soaking import Soak
from expandcontract.engine.status import status
from expandcontract.errors import GateClosedError, PhaseOrderError
from expandcontract.model.phase import Phase
from expandcontract.postgres import ledger
from expandcontract.postgres.installation import install, installed
from expandcontract.postgres.ledger import Record

SHORTEST, LONGEST = 1.0, 600.0
"""Seconds of a brown-out: one that nobody meets says nothing, a long one is an outage."""

LOOK_EVERY = 1.0
"""Seconds between two looks at what is watched meanwhile."""


@click.command("contract")
@click.argument("name", required=False)
@click.option(
    "--override",
    metavar="REASON",
    help="Go on although the gate is closed by what only people can know: sessions, statements, "
    "writes, functions, a watch. The ledger keeps why; what would be lost stays closed.",
)
@click.option(
    "--brown-out",
    type=DURATION,
    help="First take the old column from every role for so long, and name who still needs it; "
    "with --watch also whatever goes beyond its limit.",
)
@watched
@click.option(
    "--close",
    "closes",
    is_flag=True,
    help="Drop what contract kept, after which there is no way back; "
    "without NAME of every change that is past its day.",
)
@common
def contract(  # click gives each option by itself
    *,
    common: Common,
    name: str | None,
    override: str | None,
    brown_out: float | None,
    wanted: Watched,
    closes: bool,
) -> Exit:
    """Run the contract of the change NAME, or every contract that is due and whose gate is open.

    A gate that is closed is exit 1, with all the reasons; nothing is changed then.
    """
    soak = _soak(common, wanted, brown_out)
    if closes:
        if override is not None or brown_out is not None:
            message = "--override and --brown-out are for contract; closing has no gate"
            raise click.UsageError(message)
        return _closed(common, name)
    if name is None:
        if override is not None or brown_out is not None:
            message = "--override and --brown-out are for one change: ec contract NAME "
            raise click.UsageError(f"{message}--override REASON, --brown-out 60s")
        return _all_due(common)
    if override is not None and not override.strip():
        message = "--override wants the reason, for whoever reads the ledger later"
        raise click.UsageError(message)

    def work(run: Runner, record: Record) -> None:
        browned, reason = None, override or ""
        if brown_out is not None and record.next_phase is Phase.CONTRACT:
            browned = browning.brown_out(run, record, brown_out, override=reason, soak=soak)
        _in_turn(record)
        apply_phase(run, record, Phase.CONTRACT, override=reason, browned=browned)

    carried_out(common, name, work)
    return Exit.DONE


def _in_turn(record: Record) -> None:
    """A phase that is not over closes the gate as any other reason does."""
    following = record.next_phase
    if following is not None and following < Phase.CONTRACT:
        command = (
            "alembic upgrade" if following is Phase.EXPAND else f"ec {following} {record.name}"
        )
        reason = f"{following} is not over; run {command}"
        raise GateClosedError(record.name, str(Phase.CONTRACT), (reason,))


def _soak(common: Common, wanted: Watched, brown_out: float | None) -> Soak | None:
    if brown_out is not None and not SHORTEST <= brown_out <= LONGEST:
        message = f"--brown-out is from {SHORTEST:g} s to {LONGEST / 60:g} min"
        raise click.UsageError(message)
    soak = wanted.soak(common.settings().watches)
    if soak is not None and (brown_out is None or wanted.seconds is not None):
        message = "--watch is for a --brown-out, and for as long as that lasts"
        raise click.UsageError(message)
    return soak if soak is None or wanted.every is not None else replace(soak, every=LOOK_EVERY)


def _closed(common: Common, name: str | None) -> Exit:
    if name is not None:
        carried_out(common, name, close)
        return Exit.DONE
    now, done = datetime.fromtimestamp(time.time(), tz=UTC), 0
    telling = Telling(as_json=common.json, quiet=common.verbosity < 0)
    with telling, runner(common, tell=telling) as run:
        for record in _kept(run, now):
            close(run, record)
            done += 1
            [after] = status(run, record.name)
            output.say(output.as_json(after.to_dict()) if common.json else outcome(after))
    if not done and not common.json:
        output.say("nothing is past its day: ec status shows what contracted changes keep")
    return Exit.DONE


def _kept(run: Runner, now: datetime) -> list[Record]:
    """The contracted changes whose day has come."""
    if not installed(run.session):
        return []
    install(run.session)
    kept = ledger.everything(run.session)
    return [one for one in kept if one.closes_from is not None and one.closes_from <= now]


def _all_due(common: Common) -> Exit:
    closed: list[GateClosedError | PhaseOrderError] = []
    done = 0
    telling = Telling(as_json=common.json, quiet=common.verbosity < 0)
    with telling, runner(common, tell=telling) as run:
        for record in _due(run):
            try:
                apply_phase(run, record, Phase.CONTRACT)
            except (GateClosedError, PhaseOrderError) as error:
                closed.append(error)
            else:
                done += 1
                [after] = status(run, record.name)
                output.say(output.as_json(after.to_dict()) if common.json else outcome(after))
    for found in closed:
        output.say(output.as_json({"closed": vars(found)}) if common.json else str(found))
    if not closed and not done and not common.json:
        output.say("no contract is due")
    return Exit.FINDINGS if closed else Exit.DONE


def _due(run: Runner) -> list[Record]:
    if not installed(run.session):
        return []
    install(run.session)
    return [
        ledger.get(run.session, due.change_id)
        for due in ledger.due(run.session)
        if due.phase is Phase.CONTRACT
    ]


COMMAND = contract
