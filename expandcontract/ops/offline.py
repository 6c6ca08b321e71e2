"""Writes an operation into the script of `alembic upgrade --sql`.

The script is run by psql, step by step, each in a transaction of its own; it can be run again
after it was stopped, and the ledger that it writes lets `alembic upgrade` and `ec` go on from it.
"""

from collections.abc import Iterator
from weakref import WeakKeyDictionary

from alembic.operations.base import Operations
from alembic.runtime.migration import MigrationContext

from expandcontract.changes.base import Change
from expandcontract.errors import GateClosedError
from expandcontract.model.phase import Phase
from expandcontract.ops.errors import DoubledPercentError
from expandcontract.ops.history import Plans, doubles, plans_of
from expandcontract.ops.operations import PhaseOp
from expandcontract.ops.options import Options, Policy, options_of
from expandcontract.ops.running import Run, run_of
from expandcontract.ops.script import records
from expandcontract.ops.script.editions import Editions
from expandcontract.ops.script.phases import carried_out, taken_back
from expandcontract.ops.script.steps import comment

_PLANS: WeakKeyDictionary[MigrationContext, Plans] = WeakKeyDictionary()

NOT_PROVED = "a script cannot know whether the old side is still being used (contract it online)"


def write(operations: Operations, op: PhaseOp) -> None:
    """Leave Alembic's transaction, write what the operation does, and return to a new one."""
    context = operations.migration_context
    options, run = options_of(context), run_of(context)
    is_first = context not in _PLANS
    if is_first:
        _PLANS[context] = plans_of(operations, run)
    plan = _PLANS[context].of(op.change, run.revision)
    _refuse_doubled(op.change, plan, context)
    parts = [comment(f"{op.name} {op.change.name}")]
    if is_first:
        parts.append(records.install())
    if op.reverts:
        parts += taken_back(op.change, plan, op.phase, options.patience)
    else:
        parts += _done(op, plan, options, run)
    with context.autocommit_block():
        for part in parts:
            context.impl.static_output(part)


def _refuse_doubled(change: Change, plan: Editions, context: MigrationContext) -> None:
    """Our text names things as they are, and Alembic's would name them otherwise."""
    named = [".".join(claim) for claim in plan.before.claims]
    found = next((name for name in named if "%" in name), None)
    if found is not None and doubles(context.dialect):
        raise DoubledPercentError(change.name, found)


def _done(op: PhaseOp, plan: Editions, options: Options, run: Run) -> Iterator[str]:
    change, phase = op.change, op.phase
    if phase is Phase.CONTRACT and not run.builds_database and plan.before.of(phase):
        if options.policy is Policy.STRICT:
            raise GateClosedError(change.name, str(phase), (NOT_PROVED,))
        yield records.defer(change, phase, (NOT_PROVED,), run.revision)
    else:
        yield from carried_out(change, plan, phase, options.patience)
