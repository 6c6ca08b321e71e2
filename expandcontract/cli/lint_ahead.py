"""Reads files in a copy of this process, while this one imports what judges them."""

import fcntl
import marshal
import os
import signal
from collections.abc import Sequence
from contextlib import suppress
from typing import NoReturn

from expandcontract.model.value import value

_PIPE = 1 << 20  #: bytes that it may hold, so that who reads ahead need not wait
_MOST = 1 << 24  #: bytes that are read ahead


@value
class Ahead:
    """A process that reads these files, and where their contents come out."""

    paths: Sequence[str]
    process: int
    contents: int

    def taken(self) -> dict[str, bytes]:
        """The contents by path; what could not be read is left out, whatever the reason."""
        with open(self.contents, "rb") as pipe:  # noqa: PTH123  (a number, not a path)
            come = pipe.read()
        os.waitpid(self.process, 0)
        try:
            found = marshal.loads(come)  # noqa: S302  our own
        except (EOFError, ValueError, TypeError):  # it did not come to its end
            return {}
        return {path: one for path, one in zip(self.paths, found, strict=False) if one is not None}


def ahead(paths: Sequence[str]) -> Ahead:
    """Begin to read the files."""
    contents, into = os.pipe()
    process = os.fork()
    if process == 0:
        _read(paths, into)
    os.close(into)
    return Ahead(paths, process, contents)


def _read(paths: Sequence[str], into: int) -> NoReturn:
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the first process answers
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        with suppress(OSError):
            fcntl.fcntl(into, fcntl.F_SETPIPE_SZ, _PIPE)
        found: list[bytes | None] = []
        size = 0
        for path in paths:
            content = _content(path)
            found.append(content)
            size += len(content or b"")
            if size > _MOST:
                break
        with open(into, "wb") as pipe:
            pipe.write(marshal.dumps(found))
    finally:
        os._exit(0)


def _content(path: str) -> bytes | None:
    try:
        with open(path, "rb", buffering=0) as file:  # noqa: PTH123
            return file.readall()
    except OSError:
        return None
