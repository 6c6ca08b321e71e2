"""A line at the foot of the terminal that is drawn anew while something runs.

Where there is no terminal nothing is drawn, and what is said is plain lines, one below the other.
"""

import shutil
import sys
import threading
from collections.abc import Callable
from typing import Self, TextIO

import click

EVERY = 0.1
CLEAR = "\r\x1b[K"


class Live:
    """Draws what `text` returns, several times a second; a context manager."""

    def __init__(self, text: Callable[[], str], stream: TextIO | None = None) -> None:
        self._text = text
        self._stream = sys.stderr if stream is None else stream
        self.is_drawn = self._stream.isatty()
        context = click.get_current_context(silent=True)
        self._is_plain = context is not None and context.color is False
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._draw_often, daemon=True)

    def __enter__(self) -> Self:
        if self.is_drawn:
            self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Take the line away; what is printed from now on stays where it is."""
        self._over.set()
        if self._thread.is_alive():
            self._thread.join()
            self._write(CLEAR)

    def say(self, line: str) -> None:
        """Print a line that stays."""
        with self._lock:
            if self._thread.is_alive():
                self._write(CLEAR)
            click.echo(line, file=self._stream)

    def _draw_often(self) -> None:
        while not self._over.wait(EVERY):
            with self._lock:
                width = shutil.get_terminal_size().columns - 1
                line = self._text()[:width]
                self._write(CLEAR + (line if self._is_plain else click.style(line, dim=True)))

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()
