"""Seconds that each standby is behind the primary, and what that comes to."""

from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import LiteralString

from expandcontract.errors import ServerRefusedError
from expandcontract.pacing.lag import Positions, Replay
from expandcontract.pacing.throttle import UNKNOWN_SPEED, Reading
from expandcontract.pacing.units import Unit, shown
from expandcontract.postgres.session import Session
from expandcontract.signals._standbys import Standby, Standbys
from expandcontract.signals.base import Reader, Signal, Watch

# A commit, since what is only written is not sent; and one that waits for no standby.
HEARTBEAT: LiteralString = """
    SELECT pg_catalog.set_config('synchronous_commit', 'local', true),
           pg_catalog.pg_logical_emit_message(true, 'expandcontract', '')
"""
BEAT_EVERY = 1.0
"""Seconds between two heartbeats while nobody is behind."""

COLD = (
    "it is {} behind what was written before this began, so its age is not known; "
    "this ends when it has caught up with that"
)
AT_LEAST = "at least"
DELAYED = (
    "it has received everything: where recovery_min_apply_delay is why, give the standby's DSN "
    "(--standby), and the delay is subtracted"
)


@dataclass(slots=True)
class _Lag:
    watch: Watch
    standbys: Standbys
    positions: Positions = field(default_factory=Positions)
    replays: defaultdict[str, Replay] = field(default_factory=lambda: defaultdict(Replay))
    beat_at: float = float("-inf")
    may_beat: bool = True

    def read(self, session: Session) -> list[Reading]:
        before = self.standbys.position
        found = self.standbys.look(session)
        position, now = self.standbys.position, self.watch.clock()
        self.positions.note(position, now)
        behind = [one for one in found if isinstance(one, Standby) and one.replayed < position]
        if found and position == before and (behind or now - self.beat_at >= BEAT_EVERY):
            self._beat(session, now)
        return [self._reading(one) if isinstance(one, Standby) else one for one in found]

    def _reading(self, standby: Standby) -> Reading:
        behind = max(0, self.standbys.position - standby.replayed)
        replay = self.replays[standby.name]
        replay.note(standby.replayed, behind, standby.at)
        lag = max(0.0, self.positions.lag(standby.replayed, standby.at) - standby.delay)
        is_cold = not self.positions.reaches_back_to(standby.replayed)
        if is_cold and not standby.delay and lag < self.watch.limit:
            return self.watch.unknown(COLD.format(shown(behind, Unit.BYTES)), standby.name)
        # A standby that waits on purpose replays at no speed that would say anything; until a
        # speed is known, no more is asked for than now.
        expected = 0.0 if standby.delay else replay.drain(behind)
        if expected is None:
            expected = UNKNOWN_SPEED * self.watch.limit
        is_idle = standby.received is not None and standby.received >= self.standbys.position
        note = AT_LEAST if is_cold else DELAYED if lag >= self.watch.limit and is_idle else ""
        found = self.watch.reading(lag, standby.name, expected=expected, note=note)
        return replace(
            found,
            age=max(0.0, self.watch.clock() - standby.at),
            speed=None if standby.delay else replay.speed,
            position=self.standbys.position,
        )

    def _beat(self, session: Session, now: float) -> None:
        """Write a few bytes, so that a standby that does not move is told from an idle one."""
        self.beat_at = now
        if not self.may_beat:
            return
        try:
            session.rows(HEARTBEAT)
        except ServerRefusedError:  # not permitted, or not offered: the lag is seen a bit later
            self.may_beat = False


def start(watch: Watch) -> Reader:
    """Watch the standbys that are named, and any that was seen once."""
    return _Lag(watch, Standbys(watch)).read


SIGNAL = Signal(
    name="replication_lag",
    unit=Unit.SECONDS,
    default=5.0,
    summary="seconds that a standby is behind the primary",
    needs="pg_monitor, or the standby's own DSN",
    every=0.25,
    start=start,
)
