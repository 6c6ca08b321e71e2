"""One phase of a change, or its revert, from its first question to its last note."""

from collections.abc import Iterator

from expandcontract.changes.base import Change
from expandcontract.model.phase import Phase
from expandcontract.ops.script import enrolling, records
from expandcontract.ops.script.editions import Editions
from expandcontract.ops.script.steps import backwards, forwards
from expandcontract.pacing.retry import Patience


def carried_out(change: Change, plan: Editions, phase: Phase, patience: Patience) -> Iterator[str]:
    """Carry the phase out; steps that are done are skipped."""
    if phase is Phase.EXPAND:
        yield enrolling.enrol(change, plan)
    else:
        yield enrolling.require(change, plan, phase)
    for both in plan.of(phase):
        yield from forwards(change, both, patience)
    if phase is Phase.CONTRACT:  # of a database that is being built: nothing is worth keeping
        for both in plan.closing():
            yield from forwards(change, both, patience)
    yield records.close(change, plan, phase)


def taken_back(change: Change, plan: Editions, phase: Phase, patience: Patience) -> Iterator[str]:
    """Take the phase back, or forget that it is due; a contract that was run stops the script."""
    if guard := records.may_revert(change, plan, phase):
        yield guard
    if phase is not Phase.CONTRACT:
        for both in reversed(list(plan.of(phase))):
            yield from backwards(change, both, patience)
    yield records.reopen(change, phase)
