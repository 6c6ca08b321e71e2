"""Programs from the outside: how long they take, and how much memory."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

MEASURE = """
import json, os, sys, time
words = sys.argv[1:]
actions = [(os.POSIX_SPAWN_OPEN, number, os.devnull, os.O_RDWR, 0) for number in (0, 1, 2)]
start = time.monotonic()
child = os.posix_spawnp(words[0], words, os.environ, file_actions=actions)
_, status, usage = os.wait4(child, 0)
took = time.monotonic() - start
print(json.dumps([status, took, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024]))
"""
"""Run in a small process of its own: Linux counts what the starting process has as its child's."""


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
    environment = {**os.environ, **variables}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # as installed: modules are compiled once
    measured = subprocess.run(
        [sys.executable, "-I", "-S", "-c", MEASURE, *words],
        env=environment,
        stdout=subprocess.PIPE,
        check=True,
    )
    status, took, cpu, megabytes = json.loads(measured.stdout)
    if os.waitstatus_to_exitcode(status) not in accepted:
        raise SystemExit(f"{words} failed: {status}")
    return Run(took, cpu, megabytes)
