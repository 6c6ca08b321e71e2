"""A second process that cleans up when this one cannot: after SIGKILL, after a crash.

`atexit` does not run then, and the kernel's own signal for orphans is Linux only and tied to
a thread.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from expandcontract.embedded import leftovers, processes


class Watchdog:
    """Owns the directories of a cluster and removes them, now or when this process dies."""

    def __init__(self, directories: Iterable[Path]) -> None:
        self._directories = tuple(directories)
        self._claims = [leftovers.claim(directory) for directory in self._directories]
        # Isolated and without site-packages, it is up in 20 ms. A session of its own keeps
        # Ctrl-C away from it.
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", processes.__file__, *map(str, self._directories)],
            stdin=subprocess.PIPE,
            cwd=Path("/"),
            text=True,
            start_new_session=True,
        )

    def born(self, pid: int) -> None:
        """A postmaster was started: end it when we die."""
        self._tell(f"+{pid}")

    def gone(self, pid: int) -> None:
        """A postmaster has ended, its id may soon belong to somebody else."""
        self._tell(f"-{pid}")

    def close(self) -> None:
        """Have everything removed and wait for it; what still runs is killed."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._process.wait()
        for directory in self._directories:  # Only if somebody killed the watchdog itself.
            shutil.rmtree(directory, ignore_errors=True)
        while self._claims:
            os.close(self._claims.pop())

    def _tell(self, line: str) -> None:
        if self._process.stdin is not None and self._process.poll() is None:
            self._process.stdin.write(f"{line}\n")
            self._process.stdin.flush()
