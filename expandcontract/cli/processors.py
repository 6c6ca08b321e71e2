"""How many processes are worth starting."""

import os

_MOST = 8


def processors() -> int:
    """How many processes can work at the same time."""
    if hasattr(os, "sched_getaffinity"):
        return min(_MOST, len(os.sched_getaffinity(0)))
    return min(_MOST, os.cpu_count() or 1)
