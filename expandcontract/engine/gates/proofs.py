"""Which constraints of the new side hold for every row; the rest is the phase's to prove."""

from expandcontract.engine.gates.asked import Asked, GateProbe
from expandcontract.model.gate import Look
from expandcontract.model.phase import Phase


def look(asked: Asked) -> Look:
    """Ask the steps of the switch phase; what is not proved is no reason, but work to come."""
    steps = [
        step
        for step in asked.record.plan.of(Phase.SWITCH)
        if not step.by_ledger and not step.name.startswith("authority")
    ]
    open_ones = [step.name for step in steps if not asked.runner.holds(step.done)]
    if not steps:
        return Look(probe=PROBE.name)
    evidence = {"proved": f"{len(steps) - len(open_ones)} of {len(steps)}"}
    if open_ones:
        evidence["proved_by_the_phase_itself"] = ", ".join(open_ones)
    return Look(probe=PROBE.name, evidence=evidence)


PROBE = GateProbe(
    name="proofs",
    place=20,
    summary="constraints of the new side",
    look=look,
    before=Phase.SWITCH,
    is_about_the_application=False,
)
