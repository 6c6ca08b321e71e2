"""Whether old and new were found equal, and no reader has seen otherwise since then."""

from typing import LiteralString

from expandcontract.engine.gates.asked import Asked, GateProbe
from expandcontract.engine.proving import proved_for
from expandcontract.model.gate import Look, Reason
from expandcontract.model.phase import Phase

# A release that counted differences before the last verification has been answered by it.
DIFFERING: LiteralString = """
    SELECT s.release, s.differing, s.compared FROM expandcontract.shadow_reads s
    WHERE s.change_id = %(id)s::bigint AND s.differing > 0
      AND s.updated_at > clock_timestamp() - %(seconds)s::float8 * interval '1 second'
    ORDER BY s.release
"""
EVER = 7 * 86400.0
"""Seconds for which shadow reads count where nothing was verified."""


def look(asked: Asked) -> Look:
    """Look at the last verification, and at what shadow reads counted after it."""
    age = proved_for(asked.session, asked.record)
    ago = "not since the backfill" if age is None else f"{age:.0f} s ago"
    params = {**asked.record.key, "seconds": str(EVER if age is None else age)}
    reasons = tuple(
        Reason(
            f"shadow reads of release {release} differed, {differing} of {compared}",
            f"find out why, and compare every row: ec verify {asked.record.name}",
            can_be_overridden=True,
        )
        for release, differing, compared in asked.session.rows(DIFFERING, params)
    )
    evidence = {"verified": ago} if asked.record.reached is Phase.BACKFILL else {}
    return Look(probe=PROBE.name, reasons=reasons, evidence=evidence)


PROBE = GateProbe(
    name="equal",
    place=30,
    summary="the last verification, and shadow reads since then",
    look=look,
    before=Phase.SWITCH,
)
