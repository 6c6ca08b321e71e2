"""Where an operation goes: to the database, into a script, or to whoever only wants to know."""

from alembic.operations.base import Operations

from expandcontract.errors import ExpandContractError
from expandcontract.ops.errors import NotAChangeError, RevisionStoppedError, WrongDatabaseError
from expandcontract.ops.history import SINK
from expandcontract.ops.offline import write
from expandcontract.ops.online import carry_out
from expandcontract.ops.operations import PhaseOp


def invoke(operations: Operations, op: PhaseOp) -> None:
    """Do what a revision asks for; our errors end the command without a traceback."""
    context = operations.migration_context
    try:
        _refuse_other_arguments(op)
        if sink := context.opts.get(SINK):
            sink(op)
            return
        if context.dialect.name != "postgresql":
            raise WrongDatabaseError(context.dialect.name)
        if context.as_sql:
            write(operations, op)
        else:
            carry_out(context, op)
    except ExpandContractError as error:
        raise RevisionStoppedError(error) from error


def _refuse_other_arguments(op: PhaseOp) -> None:
    if not hasattr(op.change, "plan") or not hasattr(op.change, "kind"):
        raise NotAChangeError(op.name, op.change)
