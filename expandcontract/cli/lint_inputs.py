"""Paths on the command line of `ec lint`, as texts to judge."""

import codecs
import datetime as dt
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING

from expandcontract.cli.processors import processors
from expandcontract.errors import ExpandContractError
from expandcontract.lint.options import Source

if TYPE_CHECKING:
    from expandcontract.config import Config

_MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
_MANY = 200  #: files from which reading them takes longer than a copy of the process
_AHEAD = 2000  #: files that are read ahead
_NUMBERED = re.compile(r"[vV]?\d")


class InputNotReadError(ExpandContractError):
    """A path cannot be judged."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(path, reason)
        self.path = path
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}"


class InputsNotReadError(ExpandContractError):
    """Some paths could not be judged; the others were."""

    def __init__(self, errors: Sequence[InputNotReadError]) -> None:
        super().__init__(errors)
        self.paths = tuple(error.path for error in errors)
        self.errors = tuple(str(error) for error in errors)

    def __str__(self) -> str:
        if len(self.errors) == 1:
            return self.errors[0]
        lines = "".join(f"\n  - {error}" for error in self.errors)
        return f"{len(self.errors)} inputs were not judged:{lines}"


def refuse(unread: Sequence[InputNotReadError]) -> None:
    """End with an error if something could not be judged."""
    if unread:
        raise InputsNotReadError(unread)


def files(paths: Sequence[str], unread: list[InputNotReadError]) -> Iterator[str]:
    """Every SQL file that the paths name, once; folders are searched, names sorted."""
    seen: set[str] = set()
    for name in paths:
        folder = os.path.isdir(name)  # noqa: PTH112
        for path in _in_folder(name, unread) if folder else [str(Path(name))]:
            if path not in seen:
                seen.add(path)
                yield path


def _in_folder(top: str, unread: list[InputNotReadError]) -> Iterator[str]:
    """The SQL files of a folder, with a word about what cannot be entered or holds none.

    Thousands may come by: a `Path` of each would take as long as reading it.
    """

    def refused(error: OSError) -> None:
        unread.append(InputNotReadError(str(error.filename), error.strerror or str(error)))

    count = 0
    for folder, folders, names in os.walk(top, onerror=refused):
        folders.sort()
        place = os.path.normpath(folder)
        for name in sorted(names):
            if name.lower().endswith(".sql"):
                count += 1
                yield name if place == os.curdir else os.path.join(place, name)  # noqa: PTH118
    if not count:
        unread.append(InputNotReadError(top, "there is no .sql file in this folder"))


def holds(top: str, ending: str) -> bool:
    """Whether there is such a file in a folder, at any depth."""
    return any(name.lower().endswith(ending) for _, _, names in os.walk(top) for name in names)


def rows(
    paths: Sequence[str],
    unread: list[InputNotReadError],
    meanwhile: Callable[[], object] | None = None,
) -> Iterator[list[Source]]:
    """The texts to judge, in rows of those that follow each other; what has no text is noted.

    `meanwhile` is what there is to do beside while many files are read.
    """
    if "-" in paths:
        yield [Source(text=standard_input(), path="<stdin>")]
        paths = [path for path in paths if path != "-"]
    every = files(paths, unread)
    contents: dict[str, bytes] = {}
    if meanwhile is not None:
        first = list(islice(every, _AHEAD))
        contents = _read_ahead(first, meanwhile)
        every = chain(first, every)
    for row in series(every):
        sources = []
        for path in row:
            try:
                content = contents.pop(path, None)
                text = text_of(path) if content is None else decoded(content, path)
                sources.append(Source(text=text, path=path))
            except InputNotReadError as error:
                unread.append(error)
        if sources:
            yield sources


def _read_ahead(paths: Sequence[str], meanwhile: Callable[[], object]) -> dict[str, bytes]:
    """Contents of files that a copy of this process reads, where that pays."""
    if len(paths) < _MANY or sys.platform != "linux" or processors() < 2:  # noqa: PLR2004
        return {}
    from expandcontract.cli import lint_ahead  # noqa: PLC0415  not there on every platform

    reading = lint_ahead.ahead(paths)
    try:
        meanwhile()
    finally:
        contents = reading.taken()
    return contents


def no_project(config: "Config", instead: str = "") -> str:
    """Why there are no revisions, where some were asked for, and what could be named instead."""
    if config.alembic_config is not None:
        return f"{config.source}: alembic_config: there is no file {config.alembic_config}"
    cure = instead or "go to the folder of alembic.ini, or name the file by alembic_config"
    return f"there is no Alembic project here: {cure}"


def text_of(path: Path | str) -> str:
    """A file's text; a byte order mark is dropped, anything but UTF-8 is refused."""
    try:
        with open(path, "rb", buffering=0) as file:  # noqa: PTH123
            content = file.readall()
    except OSError as error:
        raise InputNotReadError(str(path), error.strerror or str(error)) from None
    return decoded(content, str(path))


def release_of(path: Path) -> str:
    """The text of a release file, once it is clear that it is one."""
    from expandcontract.lint import release  # noqa: PLC0415  when there is one

    text = text_of(path)
    try:
        release.read(text)
    except release.ReleaseNotReadError as error:
        raise InputNotReadError(str(path), str(error)) from None
    return text


def standard_input() -> str:
    """What comes in through the pipe."""
    if sys.stdin is None:
        raise InputNotReadError("<stdin>", "standard input is closed")
    return decoded(sys.stdin.buffer.read(), "<stdin>")


def decoded(content: bytes, path: str) -> str:
    """Bytes as text, with a word about what they are when they are none."""
    if b"\x00" in content and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InputNotReadError(path, "it is a binary file, not SQL")
    wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    try:
        text = content.decode("utf-16") if wide else content.removeprefix(codecs.BOM_UTF8).decode()
    except UnicodeDecodeError as error:
        form = "UTF-16" if wide else "UTF-8"
        reason = f"it is not {form} (byte {error.start}); convert it, for example with iconv"
        raise InputNotReadError(path, reason) from None
    if wide and "\x00" in text:
        raise InputNotReadError(path, "it is UTF-32 or no text; convert it to UTF-8")
    return text


def encoded_again(text: str, path: Path) -> bytes:
    """The text in the encoding that the file has now, byte order mark and all."""
    try:
        there = path.read_bytes()
    except OSError as error:
        raise InputNotReadError(str(path), error.strerror or str(error)) from None
    for mark, encoding in _MARKS.items():
        if there.startswith(mark):
            return mark + text.encode(encoding)
    return text.encode()


def series(paths: Iterable[str]) -> Iterator[list[str]]:
    """Files that follow each other: numbered ones of a folder; every other stands alone.

    What `001_orders.sql` makes is known in `002_index.sql`.
    """
    row: list[str] = []
    before: str | None = None
    for path in paths:
        folder, name = os.path.split(path)
        counted_in = folder if _NUMBERED.match(name) else None
        if row and (counted_in is None or counted_in != before):
            yield row
            row = []
        row.append(path)
        before = counted_in
    if row:
        yield row


def today() -> str:
    """The date by which an ignore comment may have expired."""
    return dt.datetime.now(tz=dt.UTC).date().isoformat()  # noqa: TID251  the edge
