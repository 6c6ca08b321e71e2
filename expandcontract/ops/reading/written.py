"""What a function of a revision writes: its statements and what could not be told, by line."""

import sys
from dataclasses import dataclass, field, replace
from types import FrameType, TracebackType

from expandcontract.errors import ExpandContractError
from expandcontract.ops.errors import RevisionStoppedError
from expandcontract.ops.operations import PhaseOp


@dataclass(frozen=True, slots=True)
class Statement:
    """Text that went to the database, and the line of the revision's file that sent it."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Gap:
    """What cannot be told of a revision, and where."""

    line: int
    reason: str
    ends: bool = True  #: nothing behind the line was looked at
    mild: bool = False  #: the revision itself says what it does without a database
    broken: bool = False  #: Alembic cannot use the file, either


@dataclass(frozen=True, slots=True)
class Phased:
    """One of our operations, which writes nothing here, and the line that called it."""

    op: PhaseOp
    line: int


@dataclass(slots=True, kw_only=True)
class Written:
    """One function of one revision, for one database."""

    path: str
    revision: str
    back: bool = False  #: it is what `downgrade()` writes
    parts: list[Statement | Gap | Phased] = field(default_factory=list)
    placed: int | None = None  #: the line of the batch operation that is being written now

    def line(self) -> int | None:
        """The line of the file that is running; None where nothing of it is."""
        if self.placed is not None:
            return self.placed
        frame: FrameType | None = sys._getframe(1)  # noqa: SLF001  it is told nowhere else
        while frame is not None and frame.f_code.co_filename != self.path:
            frame = frame.f_back
        return None if frame is None else frame.f_lineno

    def write(self, text: str) -> int:
        """Take a statement, as a buffer would; Alembic's own have no line and are left out."""
        line = self.line()
        if line is not None and text.strip():
            self.parts.append(Statement(text.strip("\n"), line))
        return len(text)

    @property
    def gaps(self) -> list[Gap]:
        """What could not be told."""
        return [part for part in self.parts if isinstance(part, Gap)]

    def flush(self) -> None:
        """A buffer has this; there is nothing to do."""

    def take(self, op: PhaseOp) -> None:
        """Take one of our operations."""
        self.parts.append(Phased(op, self.line() or 1))

    def note(self, reason: str, *, mild: bool = False) -> None:
        """Say that the running line needs what is not there; it goes on all the same."""
        gap = Gap(self.line() or 1, reason, ends=False, mild=mild)
        if gap not in self.parts:
            self.parts.append(gap)

    def needs(self, reason: str) -> "NeedsDatabaseError":
        """Say what the running line needs, and give the error to raise for it.

        It is said at once, since the revision may catch the error.
        """
        self.note(reason)
        return NeedsDatabaseError(reason)

    def stopped(self, error: BaseException) -> None:
        """Say where an error ended the function."""
        gap = Gap(line_of(error, self.path) or 1, told(error))
        noted = replace(gap, ends=False)
        self.parts = [*(part for part in self.parts if part != noted), gap]


def told(error: BaseException) -> str:
    """The first line of an error, with its kind where that says more; all of one of ours."""
    if isinstance(error, RevisionStoppedError):
        error = error.error
    if isinstance(error, ExpandContractError):
        first, *more = (line.strip().removeprefix("- ") for line in str(error).splitlines())
        return f"{type(error).__name__}: {first} {'; '.join(more)}".strip()
    text = str(error).strip().split("\n")[0]
    kind = type(error).__name__
    if isinstance(error, NeedsDatabaseError):
        return text
    return f"{kind}: {text}" if text else kind


def line_of(error: BaseException, path: str) -> int | None:
    """The innermost line of a file that an error came through."""
    if isinstance(error, SyntaxError) and error.filename == path:
        return error.lineno
    found: int | None = None
    trace: TracebackType | None = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == path:
            found = trace.tb_lineno
        trace = trace.tb_next
    return found


class NeedsDatabaseError(Exception):
    """A revision asks for what only a database can answer."""
