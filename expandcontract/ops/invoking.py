"""Where an operation goes: to the database, into a script, or to whoever only wants to know."""

from alembic.operations.base import Operations

from expandcontract.changes.base import refuse_other_than_change
from expandcontract.errors import ExpandContractError
from expandcontract.ops.errors import RevisionStoppedError, WrongDatabaseError
from expandcontract.ops.history import SINK
from expandcontract.ops.offline import write
from expandcontract.ops.online import carry_out
from expandcontract.ops.operations import PhaseOp


def invoke(operations: Operations, op: PhaseOp) -> None:
    """Do what a revision asks for; our errors end the command without a traceback."""
    context = operations.migration_context
    try:
        refuse_other_than_change(f"op.{op.name}", op.change)
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
