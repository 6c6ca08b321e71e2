"""Which errors are worth another attempt, and how long to wait before it."""

from dataclasses import dataclass

LOCK_NOT_AVAILABLE = "55P03"
RETRYABLE = frozenset(
    {
        LOCK_NOT_AVAILABLE,
        "40P01",  # deadlock detected
        "40001",  # serialization failure
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long one attempt may keep others waiting, and for how long we try again.

    `lock_timeout` bounds the stall of everybody who queues behind our waiting statement, so it
    is small; the pause lets them through. Measured: a worst stall of 100 ms at 100 ms with a
    pause of 400 ms, and the lock is had no later than with a long timeout.
    """

    lock_timeout: float = 0.1  #: seconds, for locks that others queue behind
    patient_lock_timeout: float = 3.0
    """Seconds, for locks that block neither reads nor writes: longer than deadlock_timeout, after
    which an autovacuum in the way gives up."""
    pause: float = 0.4
    budget: float = 60.0
    reconnect: float = 600.0
    """Seconds for which a backfill tries to get a lost connection back; a failover takes some."""


ROW_ERRORS = ("21", "22", "23", "38", "39", "44", "54", "P0")
"""Classes of errors that come from what stands in a row: a cast, a check, a raised exception."""


def is_of_a_row(sqlstate: str) -> bool:
    """Whether fewer rows at once would tell which row it is that fails.

    >>> is_of_a_row("23514"), is_of_a_row("53100")
    (True, False)
    """
    return sqlstate[:2] in ROW_ERRORS


@dataclass(frozen=True, slots=True)
class RetryAfter:
    """Try again after so many seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class GiveUp:
    """Another attempt would not help, or the budget is spent."""

    spent: bool  #: the budget is why


def decide(
    sqlstate: str, *, spent: float, patience: Patience, jitter: float
) -> RetryAfter | GiveUp:
    """What to do after a failed attempt; `jitter` is between 0 and 1.

    >>> decide("55P03", spent=1.0, patience=Patience(), jitter=0.5)
    RetryAfter(seconds=0.4)
    >>> decide("23505", spent=0.0, patience=Patience(), jitter=0.5)
    GiveUp(spent=False)
    """
    if sqlstate not in RETRYABLE:
        return GiveUp(spent=False)
    if spent >= patience.budget:
        return GiveUp(spent=True)
    return RetryAfter(patience.pause * (0.5 + jitter))


def reconnect_after(attempt: int, *, jitter: float) -> float:
    """Seconds before the next attempt to connect: longer each time, up to some five seconds.

    >>> [round(reconnect_after(n, jitter=0.5), 2) for n in (1, 2, 4, 20)]
    [0.2, 0.4, 1.6, 5.0]
    """
    return float(min(5.0, 0.1 * 2 ** min(attempt, 10)) * (0.5 + jitter))
