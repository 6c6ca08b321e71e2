"""Whether there was time to deploy code that does without what goes.

Where the switch phase has no steps, nobody says by running it that the new code is out. An upgrade
that brings expand and contract together would take the old side from code that is still running.
"""

from typing import LiteralString

from expandcontract.engine.gates.asked import Asked, GateProbe
from expandcontract.model.gate import Look, Reason
from expandcontract.model.phase import Phase

AGE: LiteralString = """
    SELECT extract(epoch FROM clock_timestamp() - reached_at)::float8
    FROM expandcontract.changes WHERE id = %(id)s::bigint
"""


def look(asked: Asked) -> Look:
    """Look at how long ago the last phase was over, unless somebody ran the switch."""
    record = asked.record
    if record.over is not Phase.SWITCH or record.reached is Phase.SWITCH:
        return Look(probe=PROBE.name)
    age, needed = float(asked.session.rows(AGE, record.key)[0][0]), asked.runner.quiet
    evidence = {f"{record.state}_for_seconds": f"{age:.0f}"}
    if age >= needed:
        return Look(probe=PROBE.name, evidence=evidence)
    reason = Reason(
        f"it has been {record.state} for {age:.0f} s of the {needed:.0f} s required",
        f"deploy code that does without the old side; once it is out: ec contract {record.name}",
        can_be_overridden=True,
    )
    return Look(probe=PROBE.name, reasons=(reason,), evidence=evidence)


PROBE = GateProbe(
    name="deployed", place=55, summary="the time since expand, where no switch is run", look=look
)
