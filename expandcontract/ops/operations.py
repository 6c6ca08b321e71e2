"""The eight operations, generic over changes: a phase and a direction each."""

from typing import Any, ClassVar

from alembic.operations.base import Operations
from alembic.operations.ops import MigrateOperation

from expandcontract.changes.base import Change
from expandcontract.model.phase import Phase


class PhaseOp(MigrateOperation):
    """One phase of a change, carried out or taken back."""

    name: ClassVar[str]
    phase: ClassVar[Phase]
    reverts: ClassVar[bool] = False

    def __init__(self, change: Change) -> None:
        self.change = change

    def reverse(self) -> "PhaseOp":
        """The operation that belongs into the revision's other function."""
        return BY_MEANING[self.phase, not self.reverts](self.change)

    def to_diff_tuple(self) -> tuple[Any, ...]:
        """The operation as `alembic check` prints it."""
        return (self.name, self.change)


class ExpandOp(PhaseOp):
    """Adds the new shape beside the old one."""

    name = "expand"
    phase = Phase.EXPAND

    @classmethod
    def expand(cls, operations: Operations, change: "Change") -> None:
        """Plan the change, freeze the plan, and add the new shape beside the old one."""
        operations.invoke(cls(change))


class BackfillOp(PhaseOp):
    """Fills the new shape from the old one."""

    name = "backfill"
    phase = Phase.BACKFILL

    @classmethod
    def backfill(cls, operations: Operations, change: "Change") -> None:
        """Fill the new shape from the old one; a large table is left to `ec backfill`."""
        operations.invoke(cls(change))


class SwitchOp(PhaseOp):
    """Makes the new shape the one that leads."""

    name = "switch"
    phase = Phase.SWITCH

    @classmethod
    def switch(cls, operations: Operations, change: "Change") -> None:
        """Compare both shapes, prove the constraints, and let the new one lead."""
        operations.invoke(cls(change))


class ContractOp(PhaseOp):
    """Drops the old shape."""

    name = "contract"
    phase = Phase.CONTRACT

    @classmethod
    def contract(cls, operations: Operations, change: "Change") -> None:
        """Drop the old shape, or record that this is due once nobody uses it any more."""
        operations.invoke(cls(change))


class RevertExpandOp(PhaseOp):
    """Drops the new shape."""

    name = "revert_expand"
    phase = Phase.EXPAND
    reverts = True

    @classmethod
    def revert_expand(cls, operations: Operations, change: "Change") -> None:
        """Drop the new shape; the schema is what it was before the change."""
        operations.invoke(cls(change))


class RevertBackfillOp(PhaseOp):
    """Takes away what the backfill phase added."""

    name = "revert_backfill"
    phase = Phase.BACKFILL
    reverts = True

    @classmethod
    def revert_backfill(cls, operations: Operations, change: "Change") -> None:
        """Drop what the phase added; the copied values stay, and stay right."""
        operations.invoke(cls(change))


class RevertSwitchOp(PhaseOp):
    """Lets the old shape lead again."""

    name = "revert_switch"
    phase = Phase.SWITCH
    reverts = True

    @classmethod
    def revert_switch(cls, operations: Operations, change: "Change") -> None:
        """Let the old shape lead again; it lost nothing meanwhile."""
        operations.invoke(cls(change))


class RevertContractOp(PhaseOp):
    """Makes the old shape again."""

    name = "revert_contract"
    phase = Phase.CONTRACT
    reverts = True

    @classmethod
    def revert_contract(cls, operations: Operations, change: "Change") -> None:
        """Make the old shape again and fill it from the new one; takes its time on much data."""
        operations.invoke(cls(change))


OPERATIONS: tuple[type[PhaseOp], ...] = (
    ExpandOp,
    BackfillOp,
    SwitchOp,
    ContractOp,
    RevertExpandOp,
    RevertBackfillOp,
    RevertSwitchOp,
    RevertContractOp,
)
BY_MEANING = {(kind.phase, kind.reverts): kind for kind in OPERATIONS}


def register() -> None:
    """Make the operations known to Alembic."""
    for kind in OPERATIONS:
        Operations.register_operation(kind.name)(kind)
    Operations.implementation_for(PhaseOp)(_invoke)


def _invoke(operations: Operations, op: PhaseOp) -> None:
    # What carries an operation out is large, and Alembic loads this module in every project.
    from expandcontract.ops.invoking import invoke  # noqa: PLC0415

    invoke(operations, op)
