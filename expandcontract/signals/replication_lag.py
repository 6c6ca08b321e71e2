"""Seconds that each streaming standby is behind, measured on the primary."""

from typing import LiteralString

from expandcontract.errors import ServerRefusedError
from expandcontract.pacing.lag import Positions
from expandcontract.pacing.throttle import Reading
from expandcontract.postgres.session import Session
from expandcontract.signals.base import Reader, Signal, Watch

POSITION: LiteralString = """
    SELECT (pg_catalog.pg_current_wal_lsn() - '0/0'::pg_lsn)::text
"""
# Without pg_monitor the rows of other roles' walsenders are there, with everything NULL but pid.
STANDBYS: LiteralString = """
    SELECT application_name, (replay_lsn - '0/0'::pg_lsn)::text, state
    FROM pg_catalog.pg_stat_replication
    WHERE state IS DISTINCT FROM 'backup'
"""
NOT_PERMITTED = (
    "this role may not see the standbys; GRANT pg_monitor to it, or run without the limit "
    "(--max-lag off)"
)
GONE = "the standby is not connected; bring it back, or name only the standbys that count"
NOT_REPLAYING = "the standby is connected and has not said yet how far it is"
NOT_ANSWERED = "the server does not say ({}); run without the limit (--max-lag off)"


def start(watch: Watch) -> Reader:
    """Watch the standbys that are named, and any that was seen once."""
    positions = Positions()
    expected = set(watch.standbys)

    def unknown(name: str, problem: str) -> Reading:
        return Reading(
            signal="replication_lag", value=None, limit=watch.limit, of=name, problem=problem
        )

    def reading(name: str, replayed: str | None) -> Reading:
        if replayed is None:
            return unknown(name, NOT_REPLAYING)
        lag = positions.lag(int(replayed), watch.clock())
        return Reading(signal="replication_lag", value=lag, limit=watch.limit, of=name)

    def read(session: Session) -> list[Reading]:
        try:
            positions.note(int(session.rows(POSITION)[0][0]), watch.clock())
            rows = session.rows(STANDBYS)
        except ServerRefusedError as error:  # a service that lacks the functions; a standby
            return [unknown("a standby", NOT_ANSWERED.format(error.message))]
        readings = [
            unknown("a standby", NOT_PERMITTED) if state is None else reading(name, replayed)
            for name, replayed, state in rows
        ]
        seen = {name for name, _, state in rows if state is not None}
        readings += [unknown(name, GONE) for name in sorted(expected - seen)]
        expected.update(seen)
        return readings

    return read


SIGNAL = Signal(
    name="replication_lag",
    unit="s",
    default=5.0,
    summary="seconds that a streaming standby is behind the primary",
    start=start,
)
