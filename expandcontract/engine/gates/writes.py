"""Whether old code still writes: the sync trigger counts what comes from the old side."""

from typing import LiteralString

from expandcontract.engine.gates.asked import Asked, GateProbe
from expandcontract.model.gate import Look, Reason

COUNTER: LiteralString = """
    SELECT coalesce(pg_catalog.pg_sequence_last_value(
        pg_catalog.to_regclass(%(sequence)s)), 0)::text
"""
MAY_READ: LiteralString = """
    SELECT pg_catalog.has_sequence_privilege(%(sequence)s, 'SELECT')
    WHERE pg_catalog.to_regclass(%(sequence)s) IS NOT NULL
"""
OLD_WRITES = "old_writes"
GRANT = "GRANT SELECT ON ALL SEQUENCES IN SCHEMA expandcontract"


def look(asked: Asked) -> Look:
    """Look at the counter, and since when it says the same."""
    sequence = asked.record.plan.counters.get(OLD_WRITES)
    if sequence is None:
        return Look(probe=PROBE.name)
    params = {"sequence": f'expandcontract."{sequence}"'}
    if asked.session.rows(MAY_READ, params) == [(False,)]:
        return _unread(sequence)
    value = str(asked.session.rows(COUNTER, params)[0][0])
    quiet = asked.quiet_for({OLD_WRITES: value})[OLD_WRITES]
    evidence = {OLD_WRITES: value, "quiet_seconds": f"{quiet:.0f}"}
    if quiet >= asked.runner.quiet:
        return Look(probe=PROBE.name, evidence=evidence)
    reason = Reason(
        f"the old side has been quiet for {quiet:.0f} s of the {asked.runner.quiet:.0f} s required",
        "end the old release, then run ec contract again",
        can_be_overridden=True,
    )
    return Look(probe=PROBE.name, reasons=(reason,), evidence=evidence)


def _unread(sequence: str) -> Look:
    """Who may not read the counter cannot say that it is quiet."""
    reason = Reason(
        f"this role may not read {sequence}, which counts the writes of the old side",
        f"run as the ledger's owner, or {GRANT} to this role",
        can_be_overridden=True,
    )
    return Look(probe=PROBE.name, reasons=(reason,), unseen=("writes through the old side",))


PROBE = GateProbe(
    name="writes", place=50, summary="firings of the sync trigger from the old side", look=look
)
