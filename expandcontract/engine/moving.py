"""Moves reads, and watches what that does: a whole `ec switch`, for the command and for Python."""

from typing import Literal

from expandcontract.changes.base import Change
from expandcontract.engine import soaking, switching
from expandcontract.engine.events import Tell
from expandcontract.engine.runner import Runner
from expandcontract.engine.soaking import Soak
from expandcontract.engine.status import ChangeStatus, status
from expandcontract.engine.switching import ALL, move_reads
from expandcontract.errors import ArgumentError
from expandcontract.postgres import ledger
from expandcontract.postgres.installation import install
from expandcontract.postgres.ledger import Record
from expandcontract.postgres.opening import Target, session_for


def move(  # each is an option that `ec switch` has too
    runner: Runner,
    record: Record,
    percent: int,
    *,
    override: str = "",
    soak: Soak | None = None,
    wait: bool = True,
) -> None:
    """Move reads when what is to be watched is well, and take them back when it is not any more."""
    if soak is not None:
        soaking.refuse_ill(runner, record, soak.vitals, "the switch")
    move_reads(runner, record, percent, override=override)
    if soak is None:
        return
    begun = soaking.begin(runner, record, soak)
    if wait:
        soaking.watch(runner, record, begun, {vital.name: vital for vital in soak.vitals})


def _nobody(_event: object) -> None:
    """Tell nobody."""


def switch(  # noqa: PLR0913  # each is an option that `ec switch` has too
    target: Target,
    change: Change | str,
    *,
    percent: int | None = None,
    to: Literal["new", "old"] | None = None,
    kill: bool = False,
    override: str = "",
    soak: Soak | None = None,
    tell: Tell = _nobody,
) -> ChangeStatus:
    """Move the reads of a change, given by itself, by its name or by a column of it.

    One of `percent`, `to` and `kill` says where to; without any, to the new side. With `soak` it
    returns when that is over; UnhealthyError says that the reads had to be taken back.
    """
    if sum(given not in (None, False) for given in (percent, to, kill)) > 1:
        raise ArgumentError("ec.switch", "kill", kill, "the only one of percent, to and kill")
    if to not in (None, "new", "old"):
        raise ArgumentError("ec.switch", "to", to, "'new' or 'old'")
    goal = {"new": ALL, "old": 0}[to or "new"] if percent is None else percent
    if soak is not None and (kill or goal == 0):
        raise ArgumentError("ec.switch", "soak", soak, "None: what goes back is not watched")
    with session_for(target) as session:
        runner = Runner(session=session, tell=tell)
        install(session)
        record = ledger.named(session, change if isinstance(change, str) else change.name)
        if kill:
            record = switching.kill(runner, record)
        else:
            move(runner, record, goal, override=override, soak=soak)
        return status(runner, record.name)[0]
