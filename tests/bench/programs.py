"""Programs from the outside: how long they take, and how much memory."""

import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Run:
    """One run of a program."""

    seconds: float
    cpu: float
    megabytes: float


def run(
    words: Sequence[str], variables: Mapping[str, str], accepted: tuple[int, ...] = (0,)
) -> Run:
    """Run a program with its output thrown away."""
    start = time.monotonic()
    actions = [(os.POSIX_SPAWN_OPEN, number, os.devnull, os.O_RDWR, 0) for number in (0, 1, 2)]
    environment = {**os.environ, **variables}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # as installed: modules are compiled once
    child = os.posix_spawnp(words[0], list(words), environment, file_actions=actions)
    _, status, usage = os.wait4(child, 0)
    took = time.monotonic() - start
    if os.waitstatus_to_exitcode(status) not in accepted:
        raise SystemExit(f"{words} failed: {status}")
    return Run(took, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)
