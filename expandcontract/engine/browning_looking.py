"""Looks around while columns are out of reach: who asks for them, and whether anybody looks at all.

A process that is stopped, or whose host sleeps, looks at nothing, and its own clock may stand still
with it. So the server's clock says when it was looked last, and too long a time without a look is
no proof of anything.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString

from expandcontract.engine.browning_sparing import Needed
from expandcontract.engine.failing import Failing
from expandcontract.engine.runner import Runner
from expandcontract.engine.soaking import Soak
from expandcontract.engine.vitals import Vitals
from expandcontract.errors import BrownOutUnwatchedError
from expandcontract.lint.column_use import Use, use_of
from expandcontract.model.plan import Retired
from expandcontract.pacing.vitals import Ill, Pulse, judge
from expandcontract.postgres import brown_outs, leases
from expandcontract.postgres.leases import Lease
from expandcontract.postgres.ledger import Record
from expandcontract.postgres.session import Session

LOOK_EVERY, RENEW_EVERY = 0.05, 3.0
LONGEST = 5.0
"""Seconds from one look to the next, of a machine that has much else to do."""

ANSWER = 10.0
"""Seconds that each vital may take for its answer besides."""

SHOWN = 100

# Statements that began meanwhile; those of other roles are null without the right to see them.
ASKED: LiteralString = """
    SELECT DISTINCT usename::text, application_name, coalesce(client_addr::text, 'this host'), query
    FROM pg_catalog.pg_stat_activity
    WHERE datname = pg_catalog.current_database() AND pid <> pg_catalog.pg_backend_pid()
      AND application_name <> 'expandcontract' AND query_start >= %(since)s::timestamptz
      AND backend_type = 'client backend' AND query <> ''
    ORDER BY 1, 2, 3, 4
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class BrownOut:
    """What goes, for how long, and what is watched meanwhile."""

    going: tuple[Retired, ...]
    seconds: float
    soak: Soak | None
    needs: tuple[Needed, ...] = ()  #: with whose rights the server reads for others

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns as people call them."""
        return tuple(f"{one.table.plain}.{one.column}" for one in self.going)

    @property
    def longest(self) -> float:
        """Seconds from one look to the next in which nobody stood still."""
        return LONGEST + ANSWER * (0 if self.soak is None else len(self.soak.vitals))


@dataclass(frozen=True, slots=True)
class Looked:
    """Who asked, and when it was looked last."""

    users: tuple[str, ...]
    at: datetime


def look_around(
    runner: Runner, lease: Lease, record: Record, wanted: BrownOut, failing: Failing
) -> Looked:
    """Until the time is over, somebody is found who needs what is away, or too much fails."""
    session, pulse = runner.session, Pulse()
    vitals = None if wanted.soak is None else Vitals(wanted.soak.vitals)
    began = runner.clock()
    since = at = _looked(session, record)  # whoever asks from here on is refused
    renew_at, look_at, over = began + RENEW_EVERY, began, False
    while True:
        now = runner.clock()
        over = over or now >= began + wanted.seconds
        runner.safe_point(f"the brown-out of {record.name} (all privileges are given back)")
        if found := _users(session, wanted.going, since):
            return Looked(found, at)
        if vitals is not None and wanted.soak is not None and (over or now >= look_at):
            pulse, look_at = judge(vitals.look(session), pulse), now + wanted.soak.every
            if isinstance(pulse.health, Ill):
                return Looked(pulse.health.reasons, at)
        if failing.is_due(now) and failing.is_new():
            return Looked(_users(session, wanted.going, since), at)
        if over or now >= renew_at:
            leases.fence(session, lease)
            renew_at = now + RENEW_EVERY
        at = _looked(session, record, at, wanted.longest)
        if over:
            return Looked((), at)
        runner.sleep(LOOK_EVERY)


def _looked(
    session: Session, record: Record, before: datetime | None = None, longest: float = 0.0
) -> datetime:
    """The server's clock; raises where all is given back, or where nobody looked for too long."""
    at = brown_outs.now(session, record)
    if at is None:
        why = "all was given back before anybody had looked to the end"
        raise BrownOutUnwatchedError(record.name, why)
    if before is not None and (gap := (at - before).total_seconds()) > longest:
        raise BrownOutUnwatchedError(record.name, f"nobody looked for {gap:.0f} s of it")
    return at


def _users(session: Session, going: tuple[Retired, ...], since: datetime) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for role, application, where, query in session.rows(ASKED, {"since": since.isoformat()}):
        for one in going:
            use = use_of(query, one.table, one.column)
            if use is not Use.NO:
                text = " ".join(query.split())
                shown = text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"
                name = application or "without a name"
                found[f"{role} ({name}, {where}) {use} {one.column}: {shown}"] = None
    return tuple(found)
