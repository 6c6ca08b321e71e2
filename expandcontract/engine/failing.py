"""Whether more transactions failed in a stretch of time than this database is used to."""

import math
from dataclasses import dataclass, field

from expandcontract.engine.runner import Runner
from expandcontract.postgres.failures import SETTLED, Failures, failures, settle_own

LOOK_EVERY = 1.0


def tolerated(ordinary: int, seconds: float) -> int:
    """How many are nothing new in a stretch like one in which so many failed.

    A session that stays is counted once a second, so that a second's worth may be another one's.

    >>> [tolerated(ordinary, 60.0) for ordinary in (0, 1, 4, 100)]
    [0, 4, 10, 132]
    """
    return ordinary + int(3 * math.sqrt(ordinary) + ordinary * SETTLED / seconds)


@dataclass(slots=True)
class Failing:
    """The failures of one stretch, from when it is made."""

    runner: Runner
    most: int = 0  #: so many are nothing new
    ours: int = 0  #: cancelled by ourselves
    first: Failures = field(init=False)
    last: Failures = field(init=False)
    look_at: float = field(init=False)

    def __post_init__(self) -> None:
        if not settle_own(self.runner.session):
            self.runner.sleep(SETTLED)
        self.first = self.last = failures(self.runner.session)
        self.look_at = self.runner.clock() + LOOK_EVERY

    def is_due(self, now: float) -> bool:
        """Whether it is time for another look."""
        return now >= self.look_at

    @property
    def count(self) -> int:
        """How many there were when they were looked at last."""
        return self.last.count - self.first.count - self.ours

    def is_new(self) -> bool:
        """Look: whether more failed than is ordinary."""
        self.last = failures(self.runner.session)
        self.look_at = self.runner.clock() + LOOK_EVERY
        return self.count > self.most

    def settled(self) -> bool:
        """The same, once those that are gone have been counted."""
        self.runner.sleep(SETTLED)
        return self.is_new()
