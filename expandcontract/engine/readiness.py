"""Whether the schema can serve a release: asked by the application before it takes traffic."""

from typing import LiteralString

from expandcontract.errors import NotReadyError, UnknownPhaseError
from expandcontract.model.phase import Phase
from expandcontract.postgres.opening import Target, session_for

# Only columns that every role may read: applications have no business in the ledger.
REACHED: LiteralString = """
    SELECT name, reached, outcome FROM expandcontract.changes c
    WHERE c.outcome IS DISTINCT FROM 'reverted'
      AND (c.name = %(name)s OR EXISTS (
          SELECT FROM unnest(c.objects) AS object
          WHERE object = %(name)s OR right(object, length(%(name)s) + 1) = '.' || %(name)s))
    ORDER BY c.name <> %(name)s, c.outcome NULLS FIRST, c.id DESC LIMIT 1
"""
HAS_LEDGER: LiteralString = """
    SELECT pg_catalog.to_regclass('expandcontract.changes') IS NOT NULL
"""


def require(target: Target, name: str, *, at_least: str) -> None:
    """Raise NotReadyError unless a change has come as far as `expanded`, `switched`, ….

    `name` is the change's name or a column that it works on: `users.email`. A change that is
    closed has come far enough for everybody.
    """
    wanted = _phase(at_least)
    with session_for(target) as session:
        found = session.rows(REACHED, {"name": name}) if session.rows(HAS_LEDGER)[0][0] else []
    if not found:
        raise NotReadyError(name, wanted.participle, "not known to this database")
    _, reached, outcome = found[0]
    if outcome == "closed":
        return
    if reached == "planned" or Phase[reached.upper()] < wanted:
        state = reached if reached == "planned" else Phase[reached.upper()].participle
        raise NotReadyError(name, wanted.participle, state)


def _phase(word: str) -> Phase:
    """Read `switched` or `switch`."""
    for phase in Phase:
        if word in {phase.participle, str(phase)}:
            return phase
    raise UnknownPhaseError(word, tuple(phase.participle for phase in Phase))
