"""What is held back while somebody else's env.py and revisions run in our process."""

import io
import logging
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout

from sqlalchemy import event
from sqlalchemy.engine import Engine

from expandcontract.ops.reading.written import NeedsDatabaseError


@contextmanager
def guarded() -> Iterator[None]:
    """Nothing is printed, logged or connected to; paths and logging are what they were after."""
    path = list(sys.path)
    event.listen(Engine, "do_connect", _refuse)
    try:
        with (
            _logging_kept(),
            warnings.catch_warnings(),
            redirect_stdout(io.StringIO()),
            redirect_stderr(io.StringIO()),
        ):
            warnings.simplefilter("ignore")
            yield
    finally:
        event.remove(Engine, "do_connect", _refuse)
        sys.path[:] = path


def _refuse(*_: object) -> None:
    raise NeedsDatabaseError("it connects to its database, and nothing is connected to here")


@contextmanager
def _logging_kept() -> Iterator[None]:
    """`fileConfig` takes handlers away and switches loggers off; both are put back."""
    root = logging.getLogger()
    loggers = [one for one in root.manager.loggerDict.values() if isinstance(one, logging.Logger)]
    before = [(one, one.level, one.disabled, one.propagate, one.handlers[:]) for one in loggers]
    level, handlers, threshold = root.level, root.handlers[:], root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(threshold)
        root.setLevel(level)
        root.handlers[:] = handlers
        for one, rank, disabled, propagate, own in before:
            one.setLevel(rank)
            one.disabled, one.propagate, one.handlers[:] = disabled, propagate, own


def opened(file: object, mode: str = "r", *arguments: object, **named: object) -> object:
    """`open` as env.py has it: what it opens to write is kept nowhere."""
    if set(mode) & set("wax+"):
        return io.BytesIO() if "b" in mode else io.StringIO()
    return open(file, mode, *arguments, **named)  # type: ignore[call-overload] # noqa: PTH123
