"""Everything that can go wrong and is not a bug: facts as attributes, next step in the text.

`exit_code` is what `ec` ends with: 1 a gate is closed, 2 wrong usage or unreadable input,
3 the database refused, was lost or timed out and the same command continues, 4 stopped on
request.
"""

from expandcontract.errors.application import (
    ColumnsMissingError,
    ReleaseNameError,
    RetiredColumnError,
    SwitchedAttributeError,
    UnknownSwitchError,
)
from expandcontract.errors.browning import (
    BrownOutRefusedError,
    BrownOutUnwatchedError,
    StillNeededError,
    UnnamedFailuresError,
)
from expandcontract.errors.calling import ArgumentError, NotAChangeError
from expandcontract.errors.carrying import (
    AssumptionError,
    ClaimedError,
    ClosedForGoodError,
    DriftError,
    GateClosedError,
    MismatchError,
    OffendingRowsError,
    PhaseOrderError,
    PlanChangedError,
    StepNotDoneError,
    StoppedError,
)
from expandcontract.errors.computing import (
    ExecutorLostError,
    FunctionMissingError,
    FunctionNotFoundError,
)
from expandcontract.errors.filling import (
    CancelledError,
    ExpressionRefusedError,
    LaneLostError,
    NoRoomError,
    NoWalkError,
    OldPrimaryError,
    PositionNotReadError,
    RowsFailedError,
    TooManyFailuresError,
)
from expandcontract.errors.ledger import (
    LeaseLostError,
    LedgerTooNewError,
    NoSidesError,
    NotReadyError,
    RunnerBusyError,
    UnknownChangeError,
    UnknownPhaseError,
)
from expandcontract.errors.limits import (
    LimitNotReadError,
    NotWatchedError,
    SourceNotReadError,
    UnhealthyError,
    UnknownSignalError,
    VitalNotReadError,
)
from expandcontract.errors.root import (
    DatabaseError,
    ExpandContractError,
)
from expandcontract.errors.schema import (
    ChangeRefusedError,
    ColumnNotFoundError,
    ConstraintNotFoundError,
    IndexNotFoundError,
    NameNotReadError,
    TableNotFoundError,
    TypeNotFoundError,
    UnknownKindError,
)
from expandcontract.errors.server import (
    ConnectionLostError,
    DsnUnreadableError,
    LockBudgetError,
    OpenTransactionError,
    ServerRefusedError,
)

__all__ = [
    "ArgumentError",
    "AssumptionError",
    "BrownOutRefusedError",
    "BrownOutUnwatchedError",
    "CancelledError",
    "ChangeRefusedError",
    "ClaimedError",
    "ClosedForGoodError",
    "ColumnNotFoundError",
    "ColumnsMissingError",
    "ConnectionLostError",
    "ConstraintNotFoundError",
    "DatabaseError",
    "DriftError",
    "DsnUnreadableError",
    "ExecutorLostError",
    "ExpandContractError",
    "ExpressionRefusedError",
    "FunctionMissingError",
    "FunctionNotFoundError",
    "GateClosedError",
    "IndexNotFoundError",
    "LaneLostError",
    "LeaseLostError",
    "LedgerTooNewError",
    "LimitNotReadError",
    "LockBudgetError",
    "MismatchError",
    "NameNotReadError",
    "NoRoomError",
    "NoSidesError",
    "NoWalkError",
    "NotAChangeError",
    "NotReadyError",
    "NotWatchedError",
    "OffendingRowsError",
    "OldPrimaryError",
    "OpenTransactionError",
    "PhaseOrderError",
    "PlanChangedError",
    "PositionNotReadError",
    "ReleaseNameError",
    "RetiredColumnError",
    "RowsFailedError",
    "RunnerBusyError",
    "ServerRefusedError",
    "SourceNotReadError",
    "StepNotDoneError",
    "StillNeededError",
    "StoppedError",
    "SwitchedAttributeError",
    "TableNotFoundError",
    "TooManyFailuresError",
    "TypeNotFoundError",
    "UnhealthyError",
    "UnknownChangeError",
    "UnknownKindError",
    "UnknownPhaseError",
    "UnknownSignalError",
    "UnknownSwitchError",
    "UnnamedFailuresError",
    "VitalNotReadError",
]
