"""Whether everybody reads the new side: after a kill nobody does, whatever phase is over."""

from expandcontract.engine.gates.asked import Asked, GateProbe
from expandcontract.model.gate import Look, Reason
from expandcontract.model.phase import Phase
from expandcontract.postgres import ledger

ALL = 100


def look(asked: Asked) -> Look:
    """Look at the newest position of the switch."""
    record = asked.record
    if record.over is not Phase.SWITCH or not record.plan.retires:
        return Look(probe=PROBE.name)
    percent, killed = ledger.switch_of(asked.session, record)
    if record.reached is not Phase.SWITCH and not percent and not killed:
        return Look(probe=PROBE.name)  # without steps, the switch need not be run at all
    evidence = {"reads_on_the_new_side": f"{percent} %"}
    if percent == ALL:
        return Look(probe=PROBE.name, evidence=evidence)
    why = "reads were killed" if killed else f"{percent} % of the reads go to the new side"
    reason = Reason(why, f"run ec switch {record.name} --to new, or --to old to go back")
    return Look(probe=PROBE.name, reasons=(reason,), evidence=evidence)


PROBE = GateProbe(
    name="reads",
    place=20,
    summary="the position of the switch",
    look=look,
    is_about_the_application=False,
)
