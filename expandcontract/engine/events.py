"""What happened, as values: for progress displays, logs and tests."""

from collections.abc import Callable
from dataclasses import dataclass

from expandcontract.model.phase import Phase
from expandcontract.pacing.estimate import Estimate
from expandcontract.pacing.progress import Progress
from expandcontract.pacing.throttle import Reading


@dataclass(frozen=True, slots=True)
class StepSkipped:
    """The step's probe said that it is done already."""

    change: str
    step: str


@dataclass(frozen=True, slots=True)
class StepStarted:
    """The step's statements are about to run."""

    change: str
    step: str
    summary: str


@dataclass(frozen=True, slots=True)
class StepDone:
    """The step was carried out, and its probe agrees."""

    change: str
    step: str
    seconds: float


@dataclass(frozen=True, slots=True)
class StepReverted:
    """What the step had made is gone."""

    change: str
    step: str


@dataclass(frozen=True, slots=True)
class LockAwaited:
    """An attempt was given up so that others need not queue behind it; another one follows."""

    change: str
    step: str
    attempt: int
    blockers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ChangeCloses:
    """What contract kept is about to go: there is no way back from this."""

    change: str
    goes: tuple[str, ...]  #: what is true afterwards


@dataclass(frozen=True, slots=True)
class ChangeClosed:
    """The change is over for good."""

    change: str


@dataclass(frozen=True, slots=True)
class Waited:
    """Somebody else's work has to end first."""

    change: str
    reason: str


@dataclass(frozen=True, slots=True)
class Foretold:
    """What a backfill will cost, told before its first row."""

    change: str
    step: str
    estimate: Estimate


@dataclass(frozen=True, slots=True)
class ChunkDone:
    """A chunk was committed, together with the progress that it made."""

    change: str
    step: str
    progress: Progress
    seconds: float
    share: float = 1.0
    readings: tuple[Reading, ...] = ()


@dataclass(frozen=True, slots=True)
class Held:
    """The backfill does nothing for now: every reason."""

    change: str
    step: str
    reasons: tuple[str, ...]
    readings: tuple[Reading, ...] = ()


@dataclass(frozen=True, slots=True)
class RowFailed:
    """A row could not be written, and was put into quarantine."""

    change: str
    step: str
    key: tuple[str, ...]
    error: str


@dataclass(frozen=True, slots=True)
class PhaseDone:
    """A phase is over."""

    change: str
    phase: Phase


@dataclass(frozen=True, slots=True)
class PhaseReverted:
    """A phase was taken back."""

    change: str
    phase: Phase


@dataclass(frozen=True, slots=True)
class ReadsMoved:
    """The application reads another side, or begins to."""

    change: str
    percent: int
    killed: bool = False


@dataclass(frozen=True, slots=True)
class HealthSeen:
    """The vitals were asked while reads move."""

    change: str
    said: tuple[str, ...]
    is_well: bool


@dataclass(frozen=True, slots=True)
class Returned:
    """A vital went beyond its limit, and everybody reads the old side again."""

    change: str
    percent: int  #: how much of the reading had gone to the new side
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BrownedOut:
    """The old side cannot be reached for a while."""

    change: str
    columns: tuple[str, ...]
    seconds: float  #: for how long at most


@dataclass(frozen=True, slots=True)
class GivenBack:
    """A brown-out is over: the old side can be reached again."""

    change: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Warned:
    """Something beside the work did not go well; the work goes on."""

    change: str
    text: str


Event = (
    StepSkipped
    | StepStarted
    | StepDone
    | StepReverted
    | LockAwaited
    | Waited
    | Foretold
    | ChunkDone
    | Held
    | RowFailed
    | PhaseDone
    | PhaseReverted
    | ChangeCloses
    | ChangeClosed
    | ReadsMoved
    | HealthSeen
    | Returned
    | BrownedOut
    | GivenBack
    | Warned
)
Tell = Callable[[Event], None]
