"""Whether the application stayed well while its reads moved, as far as that is being watched."""

from expandcontract.engine.gates.asked import Asked, GateProbe
from expandcontract.model.gate import Look, Reason
from expandcontract.postgres import soaks
from expandcontract.postgres.installation import installed


def look(asked: Asked) -> Look:
    """Look at the newest soak; without any, nobody asked for one."""
    if asked.only_looking and installed(asked.session) < soaks.SINCE:
        return Look(probe=PROBE.name)
    soak = soaks.newest(asked.session, asked.record)
    if soak is None:
        return Look(probe=PROBE.name)
    evidence = {"soak": str(soak)}
    if not soak.is_open:
        return Look(probe=PROBE.name, evidence=evidence)
    reason = Reason(
        f"the switch is still being watched ({soak})",
        f"wait, or go on watching: ec watch {asked.record.name}",
        can_be_overridden=True,
    )
    return Look(probe=PROBE.name, reasons=(reason,), evidence=evidence)


PROBE = GateProbe(name="health", place=60, summary="what is watched while reads move", look=look)
