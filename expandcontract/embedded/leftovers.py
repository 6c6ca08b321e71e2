"""What is left where a cluster's watchdog was killed as well, and how it goes.

Whoever has a cluster holds a lock on a file in its directory. The kernel lets go of the lock with
the process, however that ends: there is no process id that somebody else could have by now.
"""

import os
import stat
import tempfile
from collections.abc import Iterable
from pathlib import Path

from expandcontract.embedded import processes

_MARK = "owner"
_PRIVATE = 0o700


def claim(directory: Path) -> int:
    """Say that a directory is ours; it is until the answer, a file descriptor, is closed.

    The file gets its name when it is locked: nobody meets it without the lock of a living owner.
    """
    descriptor, name = tempfile.mkstemp(dir=directory)
    _lock(descriptor)
    os.write(descriptor, f"{os.getpid()}\n".encode())  # for people
    Path(name).rename(directory / _MARK)
    return descriptor


def sweep(places: Iterable[str]) -> None:
    """End and remove what belongs to nobody any more; what cannot be told is left alone."""
    for place in set(places):
        for directory in Path(place).glob("ec-*"):
            if _is_private(directory):
                _remove_unowned(directory)


def _is_private(directory: Path) -> bool:
    """Whether it is one that we made: in a place for everybody, a name is no proof."""
    try:
        found = directory.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and stat.S_IMODE(found.st_mode) == _PRIVATE


def _remove_unowned(directory: Path) -> None:
    try:
        mark = os.open(directory / _MARK, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:  # Somebody else's directory, or one that is being made or removed just now.
        return
    try:
        _lock(mark)
        # Not by us, or by root for another account: it is no cluster of ours.
        if os.fstat(mark).st_uid == os.geteuid():
            processes.kill_all(processes.serving(directory))
            processes.remove(directory)
    except BlockingIOError:
        return
    finally:
        os.close(mark)


def _lock(descriptor: int) -> None:
    import fcntl  # noqa: PLC0415  # not there on Windows, where this module has to import

    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
