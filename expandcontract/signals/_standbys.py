"""The standbys of a primary, as it sees them and as they see themselves."""

from collections import Counter
from dataclasses import dataclass, field
from typing import LiteralString

from expandcontract.pacing.throttle import Reading
from expandcontract.postgres.session import Session
from expandcontract.postgres.standby_view import Sight
from expandcontract.signals.base import Watch

# One round trip, so that the position is no younger than what the standbys are compared with.
# Without pg_monitor the rows of other roles' walsenders are there, with everything NULL but pid.
# A receiver that writes and never replays is an archive (pg_receivewal); subscribers replay
# rows and not pages: both are watched by what their slots retain.
STANDBYS: LiteralString = """
    SELECT p.position, r.pid, r.application_name, (r.replay_lsn - '0/0'::pg_lsn)::text, r.state,
           (r.flush_lsn - '0/0'::pg_lsn)::text, p.timeline
    FROM (SELECT (pg_catalog.pg_current_wal_flush_lsn() - '0/0'::pg_lsn)::text AS position,
                 left(pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_flush_lsn()), 8)
                 AS timeline) p
    LEFT JOIN pg_catalog.pg_stat_replication r
      ON r.state IS DISTINCT FROM 'backup'
     AND NOT (r.replay_lsn IS NULL AND r.write_lsn IS NOT NULL)
     AND NOT EXISTS (SELECT FROM pg_catalog.pg_replication_slots s
                     WHERE s.active_pid = r.pid AND s.slot_type = 'logical')
"""
NOT_PERMITTED = (
    "not permitted; GRANT pg_monitor to this role, give the standby's own DSN (--standby), or run "
    "without the limit (--max-lag off)"
)
GONE = "the standby is not connected; bring it back, or go on without it: {}"
MISSED = (
    "it streamed from here when this was worked on last, and is not connected; bring it back, find "
    "out whether another server leads now, or go on without it: {}"
)
OLD = (
    "the server is a primary from before a failover; stop it, and let the DSN lead to the one that "
    "leads now"
)
NOT_REPLAYING = "the standby is connected and has not said yet how far it is"
FIRST_ANSWER = 3.0
"""Seconds for which the first answer of a standby's own connection is waited for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standby:
    """How far one standby is."""

    name: str
    replayed: int
    received: int | None = None  #: where the primary was asked
    delay: float = 0.0
    at: float


@dataclass(slots=True)
class Standbys:
    """Looks at all of them, and remembers who was there."""

    watch: Watch
    expected: Counter[str] = field(init=False)
    met: set[str] = field(default_factory=set)
    position: int = 0
    timeline: str = ""

    def __post_init__(self) -> None:
        self.expected = Counter((*self.watch.standbys, *self.watch.remembered))

    def look(self, session: Session) -> list[Standby | Reading]:
        """Each standby, or the reading that says why it is unknown."""
        rows = session.rows(STANDBYS)
        now = self.watch.clock()
        self.position = int(rows[0][0])
        if problem := self._recognised(rows[0][6]):
            return [self.watch.unknown(problem)]
        own = {sight.name: sight for sight in (v.sight(FIRST_ANSWER) for v in self.watch.views)}
        found = [self._asked(sight) for sight in own.values()]
        seen: Counter[str] = Counter()
        for _, pid, name, replayed, state, flushed, _ in rows:
            if pid is None or name in own:
                continue
            if state is None:
                if not own:  # who is asked itself need not be seen by the primary
                    found.append(self.watch.unknown(NOT_PERMITTED, "a standby"))
                continue
            seen[name] += 1
            called = name if seen[name] == 1 else f"{name} ({seen[name]})"
            found.append(self._told(called, replayed, flushed, now))
        missing = [name for name, count in sorted(self.expected.items()) if seen[name] < count]
        found += [self._gone(name) for name in missing if name not in own]
        self.expected |= seen
        self.met |= set(seen)
        return found

    def _recognised(self, timeline: str) -> str:
        """After a failover, whoever streamed before may be the primary; who was named is not.

        An older server than one that was seen has no standbys any more, and nothing to be told.
        """
        if timeline < self.timeline:
            return OLD
        if self.timeline not in {"", timeline}:
            self.expected = Counter(self.watch.standbys)
        self.timeline = timeline
        return ""

    def _gone(self, name: str) -> Reading:
        is_missed = name in self.watch.remembered and name not in self.met
        problem = MISSED if is_missed else GONE
        return self.watch.unknown(problem.format(self.watch.way_on), name)

    def _asked(self, sight: Sight) -> Standby | Reading:
        if sight.problem or sight.replayed is None:
            return self.watch.unknown(sight.problem or NOT_REPLAYING, sight.name)
        return Standby(name=sight.name, replayed=sight.replayed, delay=sight.delay, at=sight.at)

    def _told(
        self, name: str, replayed: str | None, flushed: str | None, now: float
    ) -> Standby | Reading:
        if replayed is None:
            return self.watch.unknown(NOT_REPLAYING, name)
        received = None if flushed is None else int(flushed)
        return Standby(name=name, replayed=int(replayed), received=received, at=now)
