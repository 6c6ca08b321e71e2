"""Lines at the foot of the terminal that are drawn anew while something runs.

Where there is no terminal nothing is drawn, and what is said is plain lines, one below the other.
"""

import shutil
import sys
import threading
from collections.abc import Callable
from typing import Self, TextIO

import click

from expandcontract.cli.output import shortened
from expandcontract.config.environment import environment, is_dumb

EVERY = 0.1
CLEAR = "\r\x1b[J"
UP = "\x1b[A"
ASCII = str.maketrans("━─", "#-")


class Live:
    """Draws what `text` returns, several times a second; a context manager."""

    def __init__(self, text: Callable[[], str], stream: TextIO | None = None) -> None:
        self._text = text
        self._stream = sys.stderr if stream is None else stream
        self.is_drawn = self._stream.isatty() and not is_dumb(environment())
        context = click.get_current_context(silent=True)
        self._is_plain = context is not None and context.color is False
        self._lock = threading.Lock()
        self._is_ascii = "utf" not in (getattr(self._stream, "encoding", None) or "").lower()
        self._drawn = 0  #: lines
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
            self._write(self._cleared())

    @property
    def width(self) -> int:
        """Columns for a line; the last one is left free, so that none wraps."""
        return shutil.get_terminal_size().columns - 1

    def _cleared(self) -> str:
        """What takes away the lines that are drawn."""
        lines, self._drawn = self._drawn, 0
        return UP * max(0, lines - 1) + CLEAR

    def say(self, line: str) -> None:
        """Print a line that stays."""
        with self._lock:
            if self._thread.is_alive():
                self._write(self._cleared())
            click.echo(line, file=self._stream)

    def _draw_often(self) -> None:
        while not self._over.wait(EVERY):
            try:
                self._draw()
            except OSError:  # the terminal was closed: whoever prints next hears of it
                return

    def _draw(self) -> None:
        with self._lock:
            width = self.width
            lines = [shortened(line, width) for line in self._text().splitlines()]
            text = "\r\n".join(lines)
            text = text.translate(ASCII) if self._is_ascii else text
            styled = text if self._is_plain else click.style(text, dim=True)
            self._write(self._cleared() + styled)
            self._drawn = len(lines)

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()
