"""Whether the schema can serve a release: asked by the application before it takes traffic."""

import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, LiteralString

from expandcontract.errors import DatabaseError, NotReadyError, UnknownPhaseError
from expandcontract.model.phase import Phase
from expandcontract.model.returning import HALF_WAY, ways_on
from expandcontract.postgres.opening import Target, session_for
from expandcontract.postgres.session import Session

# Only columns that every role may read: applications have no business in the ledger.
REACHED: LiteralString = """
    SELECT name, reached, outcome, {coming_back} FROM expandcontract.changes c
    WHERE c.outcome IS DISTINCT FROM 'reverted'
      AND (c.name = %(name)s OR EXISTS (
          SELECT FROM unnest(c.objects) AS object
          WHERE object = %(name)s OR right(object, length(%(name)s) + 1) = '.' || %(name)s))
    ORDER BY c.name <> %(name)s, c.outcome NULLS FIRST, c.id DESC LIMIT 1
"""
# Whether there is a ledger, and whether it lets everybody see what comes back: one of an earlier
# release does not, and is brought up to date by the revert before that begins.
HAS_LEDGER: LiteralString = """
    SELECT r.ledger IS NOT NULL, EXISTS (
        SELECT FROM pg_catalog.pg_attribute a
        WHERE a.attrelid = r.ledger AND a.attname = 'coming_back' AND NOT a.attisdropped
          AND pg_catalog.has_column_privilege(a.attrelid, a.attnum, 'SELECT'))
    FROM (SELECT pg_catalog.to_regclass('expandcontract.changes')) AS r (ledger)
"""


def require(target: Target, name: str, *, at_least: str) -> None:
    """Raise NotReadyError unless a change has come as far as `expanded`, `switched`, ….

    `name` is the change's name or a column that it works on: `users.email`. A change that is
    closed has come far enough for everybody, and one whose contract is being taken back is no
    longer `contracted`. Who needs less stays: taking the running release out of traffic while it
    goes back would make an outage of a revert.
    """
    wanted = _phase(at_least)
    with session_for(target) as session:
        found = _found(session, name)
    if not found:
        raise NotReadyError(name, wanted.participle, "not known to this database")
    change, reached, outcome, is_coming_back = found[0]
    if outcome == "closed":
        return
    if is_coming_back and wanted is Phase.CONTRACT:
        raise NotReadyError(name, wanted.participle, HALF_WAY, ways_on(change))
    if reached == "planned" or Phase[reached.upper()] < wanted:
        state = reached if reached == "planned" else Phase[reached.upper()].participle
        raise NotReadyError(name, wanted.participle, state)


def _found(session: Session, name: str) -> list[tuple[Any, ...]]:
    [(has_ledger, shows_returns)] = session.rows(HAS_LEDGER)
    if not has_ledger:
        return []
    mark = "coming_back" if shows_returns else "false"
    return session.rows(REACHED.replace("{coming_back}", mark), {"name": name})


class Readiness:
    """A readiness check for probes that come every second: cheap, cached, and never in the way.

    Called, it gives the reasons against traffic; none means ready. The database is asked at most
    every few seconds, by one caller; the others get the last answer meanwhile. A database that
    does not answer keeps a process from becoming ready, and not from staying so: whether the
    application can work without one is not this check's question.
    """

    def __init__(
        self,
        target: Target,
        needs: Mapping[str, str],
        *,
        every: float = 5.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        for word in needs.values():
            _phase(word)
        self._target, self._needs, self._every, self._clock = target, dict(needs), every, clock
        self._asking = threading.Lock()
        self._asked_at = -every
        self._reasons: tuple[str, ...] = ("the schema was not looked at yet",)

    def __call__(self) -> tuple[str, ...]:
        """Why this process should get no traffic yet."""
        is_due = self._clock() - self._asked_at >= self._every
        if is_due and self._asking.acquire(blocking=False):
            try:
                self._reasons = self._ask()
                self._asked_at = self._clock()
            finally:
                self._asking.release()
        return self._reasons

    def _ask(self) -> tuple[str, ...]:
        try:
            return tuple(
                str(problem)
                for name, word in self._needs.items()
                if (problem := _problem(self._target, name, word)) is not None
            )
        except DatabaseError as error:
            return () if not self._reasons else (f"the database does not answer: {error}",)


def _problem(target: Target, name: str, at_least: str) -> NotReadyError | None:
    try:
        require(target, name, at_least=at_least)
    except NotReadyError as problem:
        return problem
    return None


def _phase(word: str) -> Phase:
    """Read `switched` or `switch`."""
    for phase in Phase:
        if word in {phase.participle, str(phase)}:
            return phase
    raise UnknownPhaseError(word, tuple(phase.participle for phase in Phase))
