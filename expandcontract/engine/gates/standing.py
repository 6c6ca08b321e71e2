"""Whether all that earlier phases made still stands, the trigger above all, and is enabled."""

from expandcontract.engine.gates.asked import Asked, GateProbe
from expandcontract.model.gate import Look, Reason
from expandcontract.model.phase import Phase


def look(asked: Asked) -> Look:
    """Ask the probe of every step that is over: the catalog is the truth."""
    steps = [
        step for step in asked.record.plan.steps if step.phase < Phase.SWITCH and not step.by_ledger
    ]
    lost = [step for step in steps if not asked.runner.holds(step.done)]
    reasons = tuple(
        Reason(
            f"it is not true any more that {step.summary}",
            "put it back as it was, enabled and valid (ec doctor names it), or revert the change",
        )
        for step in lost
    )
    evidence = {"steps_that_stand": f"{len(steps) - len(lost)} of {len(steps)}"} if steps else {}
    return Look(probe=PROBE.name, reasons=reasons, evidence=evidence)


PROBE = GateProbe(
    name="standing",
    place=10,
    summary="the trigger, the columns and the indexes of the phases before",
    look=look,
    before=Phase.SWITCH,
    is_about_the_application=False,
)
