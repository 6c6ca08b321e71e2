"""Through an open gate, or through a closed one with a reason that is recorded."""

from expandcontract.engine.gates import gate
from expandcontract.engine.runner import Runner
from expandcontract.errors import GateClosedError
from expandcontract.model.gate import Closed
from expandcontract.model.phase import Phase
from expandcontract.postgres import ledger
from expandcontract.postgres.ledger import Record


def pass_gate(
    runner: Runner, record: Record, phase: Phase, *, immediate: bool = False, override: str = ""
) -> None:
    """Raise with every reason; with an override, with those that nobody may override."""
    reasons = closed_by(runner, record, phase, immediate=immediate, override=override)
    if reasons:
        detail = {"phase": str(phase), "reason": override, "closed_by": "; ".join(reasons)}
        ledger.tell(runner.session, record, "gate overridden", **detail)


def closed_by(
    runner: Runner, record: Record, phase: Phase, *, immediate: bool = False, override: str = ""
) -> tuple[str, ...]:
    """The reasons that the override stands against; raises as `pass_gate`, and records nothing."""
    found = gate(runner, record, phase, immediate=immediate)
    if not isinstance(found, Closed):
        return ()
    reasons = tuple(str(reason) for reason in found.reasons)
    if not override:
        raise GateClosedError(record.name, str(phase), reasons)
    if firm := tuple(str(reason) for reason in found.reasons if not reason.can_be_overridden):
        raise GateClosedError(record.name, str(phase), firm)
    return reasons
