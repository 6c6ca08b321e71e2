"""With what a phase is run: the session, the patience, the clock, and who is told."""

import random
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field

from expandcontract.engine.computing import Compute
from expandcontract.engine.events import Event, Tell
from expandcontract.engine.limits import Source
from expandcontract.errors import StoppedError
from expandcontract.model.probe import Probe
from expandcontract.pacing.retry import Patience
from expandcontract.pacing.sizing import Sizing
from expandcontract.pacing.window import Window
from expandcontract.postgres.session import Session

MAX_LAG = 5.0
QUIET = 600.0
MOST_FAILURES = 100


def _nobody(_event: Event) -> None:
    """Who is told when nobody wants to know."""


def _never() -> bool:
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Runner:
    """Everything that carrying out a phase needs and the plan does not say."""

    session: Session
    patience: Patience = field(default_factory=Patience)
    sizing: Sizing = field(default_factory=Sizing)
    limits: dict[str, float | None] = field(default_factory=dict)
    """Limits of signals by name; None turns one off, a missing one has its default."""
    standbys: tuple[str, ...] = ()
    """Standbys that must be there: by application_name, or by DSN to be asked themselves."""
    remembered: tuple[str, ...] = ()
    """Standbys that streamed when the backfill was worked on before, where none are named."""
    sources: tuple[Source, ...] = ()
    """Signals of the user's own."""
    workers: int = 1
    """Connections that write at the same time."""
    window: Window | None = None
    """Hours of the day outside which a backfill holds."""
    most_failures: int = MOST_FAILURES
    """Rows that may go into quarantine before a backfill stops."""
    quarantined: bool = False
    """Whether the rows in quarantine are tried once more."""
    free_disk: float | None = None
    """Bytes by which the table may grow; the server does not tell what its disk has."""
    compute: Compute | None = None
    """The function of a fill in Python."""
    quiet: float = QUIET
    """Seconds without a write through the old side before contract may start."""
    tell: Tell = _nobody
    asked_to_stop: Callable[[], bool] = _never
    clock: Callable[[], float] = time.monotonic
    wall: Callable[[], float] = time.time
    """Seconds since 1970, for what depends on the hour."""
    sleep: Callable[[float], None] = time.sleep
    jitter: Callable[[], float] = random.random
    reading: Callable[[], AbstractContextManager[None]] = nullcontext
    """Around statements that only read, and may be ended at any time."""

    def holds(self, probe: Probe) -> bool:
        """Ask the database."""
        return bool(self.session.rows(f"SELECT {probe.sql}", probe.params)[0][0])

    def safe_point(self, what: str) -> None:
        """Stop here if somebody asked for it: nothing is half done."""
        if self.asked_to_stop():
            raise StoppedError(what)
