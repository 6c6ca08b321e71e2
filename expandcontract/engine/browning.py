"""Puts columns that go out of reach for a moment, and names who still needs them."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString

from expandcontract.ddl import grants
from expandcontract.engine import browning_sparing as sparing
from expandcontract.engine.browned import Browned
from expandcontract.engine.browning_looking import RENEW_EVERY, BrownOut, look_around
from expandcontract.engine.browning_refusals import left_alone, reached, refusals
from expandcontract.engine.events import BrownedOut, GivenBack, Warned
from expandcontract.engine.failing import Failing, tolerated
from expandcontract.engine.holding import held
from expandcontract.engine.passing import closed_by
from expandcontract.engine.reconnecting import Reconnecting
from expandcontract.engine.runner import Runner
from expandcontract.engine.soaking import Soak, refuse_ill
from expandcontract.errors import (
    BrownOutRefusedError,
    ConnectionLostError,
    DatabaseError,
    StillNeededError,
    UnnamedFailuresError,
)
from expandcontract.model.phase import Phase
from expandcontract.model.statement import Statement
from expandcontract.postgres import brown_outs, leases, ledger, privileges
from expandcontract.postgres.leases import Lease
from expandcontract.postgres.ledger import Record
from expandcontract.postgres.session import OWN_BACKEND, Session, transaction

CANCEL: LiteralString = "SELECT pg_catalog.pg_cancel_backend(%(pid)s::integer)"


@dataclass(frozen=True, slots=True)
class _Seen:
    """What one stretch without the columns showed."""

    users: tuple[str, ...]
    at: datetime  #: when it was looked last
    failing: Failing | None = None  #: more failed than is ordinary, and nobody is named


def brown_out(
    runner: Runner, record: Record, seconds: float, *, override: str = "", soak: Soak | None = None
) -> Browned:
    """Take the columns away for so long; StillNeededError with everybody who asked for them.

    UnnamedFailuresError where transactions failed meanwhile that nobody can be named for, and
    BrownOutUnwatchedError where nobody looked. What is given counts for a moment.
    """
    going = sparing.going(record.plan)
    needs = sparing.needed(runner.session, record.plan, going)
    wanted = BrownOut(going=going, seconds=seconds, soak=soak, needs=needs)
    with held(runner, record) as lease:
        record = ledger.get(runner.session, record.id)
        overridden = closed_by(runner, record, Phase.CONTRACT, override=override)
        is_watched = soak is not None
        if reasons := tuple(refusals(runner, record, going, needs, is_watched=is_watched)):
            raise BrownOutRefusedError(record.name, reasons, override)
        if soak is not None:
            refuse_ill(runner, record, soak.vitals, "the brown-out")
        for text in left_alone(runner.session, going, needs):
            runner.tell(Warned(record.name, text))
        seen = _seen(runner, lease, record, wanted)
        detail = {"columns": ", ".join(wanted.columns), "needed_by": "; ".join(seen.users)}
        if overridden:
            detail |= {"override": override, "closed_by": "; ".join(overridden)}
        if seen.failing is not None:
            detail["failed"] = str(seen.failing.count)
        ledger.tell(runner.session, record, "browned out", seconds=f"{seconds:g}", **detail)
    if seen.users:
        raise StillNeededError(record.name, wanted.columns, seen.users)
    if (failed := seen.failing) is not None:
        raise UnnamedFailuresError(
            record.name, wanted.columns, failed.count, failed.first.at, failed.last.at
        )
    return Browned(name=record.name, token=lease.token, at=seen.at)


def _seen(runner: Runner, lease: Lease, record: Record, wanted: BrownOut) -> _Seen:
    """Once where nothing fails; else once more, beside what fails in as long with the columns."""
    seen = _stretch(runner, lease, record, wanted, most=0)
    if seen.failing is None:
        return seen
    ordinary = _ordinary(runner, lease, record, wanted.seconds)
    if not ordinary:
        return seen
    most = tolerated(ordinary, wanted.seconds)
    text = (
        f"{ordinary} transactions fail in {wanted.seconds:g} s without any brown-out: up to {most} "
        "during it say nothing, and whoever is among them is found only while connected"
    )
    runner.tell(Warned(record.name, text))
    return _stretch(runner, lease, record, wanted, most=most)


def _stretch(runner: Runner, lease: Lease, record: Record, wanted: BrownOut, *, most: int) -> _Seen:
    with _out_of_reach(runner, lease, record, wanted, most) as failing:
        found = look_around(runner, lease, record, wanted, failing)
    if found.users or not failing.settled():
        return _Seen(found.users, found.at)
    return _Seen((), found.at, failing)


def _ordinary(runner: Runner, lease: Lease, record: Record, seconds: float) -> int:
    """How many transactions fail in as long a time in which nothing is out of reach."""
    failing, until = Failing(runner), runner.clock() + seconds
    while (left := until - runner.clock()) > 0:
        runner.safe_point(f"the brown-out of {record.name} (all privileges are given back)")
        leases.fence(runner.session, lease)
        runner.sleep(min(RENEW_EVERY, left))
    failing.settled()
    return failing.count


@contextmanager
def _out_of_reach(
    runner: Runner, lease: Lease, record: Record, wanted: BrownOut, most: int
) -> Iterator[Failing]:
    """Take away, and give back whatever happens; a guard in the server does when we cannot."""
    session = runner.session
    away, back = _statements(session, wanted)
    failing = Failing(runner, most)  # from here on nothing of ours is rolled back
    again, begun = Reconnecting(runner, record.name), False
    with _guarded(runner, record, failing) as guard:
        try:
            with transaction(session, lock_timeout="2s"):
                brown_outs.begin(session, record, wanted.seconds, away, back)
                if reasons := tuple(sparing.lost(session, wanted.needs)):
                    raise BrownOutRefusedError(record.name, reasons)
                ledger.tell(
                    session,
                    record,
                    "brown-out begun",
                    columns=", ".join(wanted.columns),
                    seconds=f"{wanted.seconds:g}",
                )
                leases.fence(session, lease)
            if not guard.is_alive():
                raise BrownOutRefusedError(record.name, ("its guard in the server was ended",))
            runner.tell(BrownedOut(record.name, wanted.columns, wanted.seconds))
            begun = True
            yield failing
        finally:
            try:
                brown_outs.give_back(session, record.id)
            except ConnectionLostError as error:
                again.again(session, error)
                brown_outs.give_back(session, record.id)
            if begun:
                runner.tell(GivenBack(record.name, wanted.columns))


def _statements(session: Session, wanted: BrownOut) -> tuple[list[Statement], list[Statement]]:
    going = wanted.going
    away: list[Statement] = []
    back: list[Statement] = []
    for table in dict.fromkeys(one.table for one in going):
        names = {one.column for one in going if one.table == table}
        held_now = reached(session, table, wanted.needs)
        others = [name for name in privileges.columns(session, table) if name not in names]
        whole = [one for one in held_now if one.column is None]
        of_columns = [one for one in held_now if one.column is not None]
        [first, *more] = sorted(names)
        # What a role has on single columns goes first: taking it from the table takes it from all.
        for name in (first, *more):
            away += grants.without_column(table, name, others, of_columns)
        away += grants.without_column(table, first, others, whole)
        back += grants.as_held(table, held_now)
    return away, back


@contextmanager
def _guarded(runner: Runner, record: Record, failing: Failing) -> Iterator[threading.Thread]:
    sibling = runner.session.sibling()
    if sibling is None:
        problem = "there is no second connection for the guard; run it by ec, or give a DSN"
        raise BrownOutRefusedError(record.name, (problem,))
    session = runner.session
    backend = None if session.is_pooled() else int(session.rows(OWN_BACKEND)[0][0])
    guarding = str(sibling.rows(OWN_BACKEND)[0][0])
    thread = threading.Thread(target=_guard, args=(sibling, record, backend), daemon=True)
    thread.start()
    try:
        yield thread
    finally:
        thread.join(0.3)
        if thread.is_alive():  # one that has not seen it begin waits for it still
            with suppress(DatabaseError):
                session.rows(CANCEL, {"pid": guarding})
                failing.ours += 1
            thread.join(brown_outs.GUARDED)
        sibling.close()


def _guard(session: Session, record: Record, backend: int | None) -> None:
    try:
        brown_outs.guard(session, record, backend)
    except DatabaseError:
        return  # the runner gives back, and so does every later command
