"""The processes of a server, and what becomes of them when their owner is gone.

Also run as a program of its own, without the package: it lives on after the process that
started it, even after a SIGKILL, and then ends the servers and removes their directories.
Standard library only, therefore.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import TextIO

_SLICE = 0.02


def family(pid: int) -> tuple[int, ...]:
    """A postmaster and its children; each child leads a group, so no group signal finds them."""
    return (pid, *(child for child, (parent, _) in _table().items() if parent == pid))


def kill(pid: int) -> tuple[int, ...]:
    """End a postmaster and its children like a power cut would; answers with their ids."""
    try:
        os.kill(pid, signal.SIGSTOP)  # Or it might have another child before it dies.
        members = family(pid)
    except ProcessLookupError:
        return ()
    send(members, signal.SIGKILL)
    return members


def send(pids: Iterable[int], number: int) -> None:
    """Send a signal to all that are still there."""
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            continue


def wait_gone(pids: Iterable[int], seconds: float) -> bool:
    """Wait for processes that may be nobody's children; the dead that nobody buries count."""
    waiting = set(pids)
    deadline = time.monotonic() + seconds
    while waiting:
        table = _table()
        waiting = {pid for pid in waiting if table.get(pid, (0, "Z"))[1] != "Z"}
        if waiting and time.monotonic() > deadline:
            return False
        if waiting:
            time.sleep(_SLICE)
    return True


def free_memory(data: Path) -> None:
    """Give back the memory segment that a killed postmaster leaves behind in the kernel."""
    try:
        written = (data / "postmaster.pid").read_text().splitlines()
    except OSError:
        return
    segment = written[6].split() if len(written) > 6 else []  # noqa: PLR2004
    ipcrm = shutil.which("ipcrm")
    if ipcrm and len(segment) == 2:  # noqa: PLR2004  # key and id
        subprocess.run([ipcrm, "-m", segment[1]], capture_output=True, check=False)


def _first_line(file: Path) -> str:
    try:
        return file.read_text().partition("\n")[0]
    except OSError:
        return ""


def _command(pid: int) -> str:
    """With what a process was started; nothing when there is none, or it is dead already."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text(errors="replace")
    except OSError:
        if Path("/proc/self/stat").exists():
            return ""
    listing = subprocess.run(
        ["ps", "-p", str(pid), "-o", "command="],  # noqa: S607
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return listing.stdout


def _table() -> dict[int, tuple[int, str]]:
    """All processes here: parent and state. Small containers have no `ps`, macOS no /proc."""
    table = {}
    if Path("/proc/self/stat").exists():
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    state, parent = _after_name((entry / "stat").read_text())
                except OSError:
                    continue
                table[int(entry.name)] = (parent, state)
        return table
    listing = subprocess.run(
        ["ps", "-A", "-o", "pid=,ppid=,stat="],  # noqa: S607
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    for line in listing.stdout.splitlines():
        pid, parent_id, state = line.split()
        table[int(pid)] = (int(parent_id), state[0])
    return table


def _after_name(stat: str) -> tuple[str, int]:
    # The name stands in parentheses and may itself hold spaces and parentheses.
    state, parent = stat.rpartition(")")[2].split()[:2]
    return state, int(parent)


def serving(directory: Path) -> list[int]:
    """The postmasters that run on data directories in this one.

    A process id in a file is somebody else's by now, unless its command names the directory.
    """
    return [
        int(written)
        for mark in directory.glob("*/postmaster.pid")
        if (written := _first_line(mark)).isdigit() and str(mark.parent) in _command(int(written))
    ]


def kill_all(postmasters: Iterable[int]) -> None:
    """End postmasters with their children, and wait until they are gone."""
    wait_gone([pid for postmaster in postmasters for pid in kill(postmaster)], 10)


def remove(directory: Path) -> None:
    """Remove what is left of a cluster whose servers are gone."""
    for data in directory.glob("*/postmaster.pid"):
        free_memory(data.parent)
    # A program that was just being run may still write: try again.
    for _ in range(50):
        shutil.rmtree(directory, ignore_errors=True)
        if not directory.exists():
            break
        time.sleep(_SLICE)


def outlive(owner: TextIO, directories: Iterable[str]) -> None:
    """Keep the list of postmasters (`+pid`, `-pid`) until the owner closes or dies."""
    alive: set[int] = set()
    for line in owner:
        change = alive.add if line.startswith("+") else alive.discard
        change(int(line[1:]))
    kill_all(alive)
    for directory in map(Path, directories):
        remove(directory)


if __name__ == "__main__":
    outlive(sys.stdin, sys.argv[1:])
