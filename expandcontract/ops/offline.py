"""Writes an operation into the script of `alembic upgrade --sql`."""

from alembic.operations.base import Operations

from expandcontract.ops.operations import PhaseOp


def write(operations: Operations, op: PhaseOp) -> None:
    """Write the phase."""
    raise NotImplementedError
