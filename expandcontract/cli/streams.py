"""Standard output and error as somebody made them: closed, in another encoding, or read no more."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOWrapper


class ReaderGoneError(Exception):
    """Nobody reads on: `ec status | head -1`. That is a way to stop a command, and no mistake."""


@contextmanager
def readers_may_go() -> Iterator[None]:
    """Tell that a pipe has no reader any more from everything else that can go wrong."""
    try:
        yield
    except BrokenPipeError as error:
        raise ReaderGoneError from error


def let_go() -> None:
    """What is still waiting to be written goes nowhere, instead of failing as the process ends."""
    for stream in filter(None, (sys.stdout, sys.stderr)):
        try:
            stream.flush()
        except BrokenPipeError:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, stream.fileno())
            os.close(nowhere)


def take_every_letter() -> None:
    """A letter that the terminal's encoding does not have is written as its number."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # and nothing that stands in for it
            stream.reconfigure(errors="backslashreplace")
