"""Paths on the command line of `ec lint`, as texts to judge."""

import datetime as dt
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from expandcontract.errors import ExpandContractError

_NUMBERED = re.compile(r"[vV]?\d")


class InputNotReadError(ExpandContractError):
    """A path cannot be judged."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(path, reason)
        self.path = path
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}"


def files(paths: Sequence[str]) -> Iterator[Path]:
    """Every SQL file that the paths name; folders are searched, names sorted."""
    for name in paths:
        path = Path(name)
        if path.is_dir():
            yield from sorted(path.rglob("*.sql"))
        elif path.exists():
            yield path
        else:
            raise InputNotReadError(name, "there is no such file or folder")


def text_of(path: Path) -> str:
    """A file's text; a byte order mark is dropped, anything but UTF-8 is refused."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputNotReadError(str(path), error.strerror or str(error)) from None
    return decoded(content, str(path))


def standard_input() -> str:
    """What comes in through the pipe."""
    return decoded(sys.stdin.buffer.read(), "<stdin>")


def decoded(content: bytes, path: str) -> str:
    """Bytes as text, with a word about what they are when they are none."""
    if b"\x00" in content and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InputNotReadError(path, "it is a binary file, not SQL")
    try:
        if content.startswith((b"\xff\xfe", b"\xfe\xff")):
            return content.decode("utf-16")
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        reason = f"it is not UTF-8 (byte {error.start}); convert it, for example with iconv"
        raise InputNotReadError(path, reason) from None


def series(paths: Sequence[Path]) -> Iterator[list[Path]]:
    """Files that follow each other: numbered ones of a folder; every other stands alone.

    What `001_orders.sql` makes is known in `002_index.sql`.
    """
    row: list[Path] = []
    for path in paths:
        if row and not (_follows(row[-1], path)):
            yield row
            row = []
        row.append(path)
    if row:
        yield row


def _follows(before: Path, path: Path) -> bool:
    numbered = _NUMBERED.match(before.name) and _NUMBERED.match(path.name)
    return before.parent == path.parent and bool(numbered)


def today() -> str:
    """The date by which an ignore comment may have expired."""
    return dt.datetime.now(tz=dt.UTC).date().isoformat()  # noqa: TID251  the edge
