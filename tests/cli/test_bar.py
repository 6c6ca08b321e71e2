"""The bar, as a terminal gets it: what is written to a pty."""

import fcntl
import os
import pty
import re
import signal
import struct
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import psycopg
import pytest

import expandcontract
from expandcontract.embedded import Node, Topology
from expandcontract.model.phase import Phase
from tests.cli.conftest import CHANGE, NAME, PROGRAM, fill

COLUMNS = 100
ESCAPES = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


class Terminal:
    """What a process has written to its terminal so far."""

    def __init__(self, master: int) -> None:
        self._master = master
        self.text = ""
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        while True:
            try:
                found = os.read(self._master, 65536)
            except OSError:  # the other side is closed
                return
            self.text += found.decode()

    @property
    def frames(self) -> list[list[str]]:
        """The lines of each picture that was drawn."""
        drawn = [ESCAPES.sub("", part) for part in self.text.split("\r\x1b[J")]
        return [part.replace("\r", "").rstrip("\n").split("\n") for part in drawn if part]

    def shows(self, right: Callable[[list[str]], bool], seconds: float = 20.0) -> list[str]:
        """Wait for a picture."""
        until = time.monotonic() + seconds
        while True:
            for frame in self.frames[-20:]:
                if right(frame):
                    return frame
            assert time.monotonic() < until, self.text[-2000:]
            time.sleep(0.05)

    def end(self) -> None:
        self._thread.join(5)


@contextmanager
def running(dsn: str, *words: str) -> Iterator[tuple["subprocess.Popen[bytes]", Terminal]]:
    master, side = pty.openpty()
    fcntl.ioctl(side, termios.TIOCSWINSZ, struct.pack("HHHH", 24, COLUMNS, 0, 0))
    environment = {**os.environ, "EC_DATABASE_URL": dsn, "PYTHONIOENCODING": "utf-8"}
    environment["TERM"] = "xterm"
    for name in ("COLUMNS", "LINES", "NO_COLOR"):
        environment.pop(name, None)
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *words],
        stdin=side,
        stdout=side,
        stderr=side,
        env=environment,
    )
    os.close(side)
    terminal = Terminal(master)
    try:
        yield process, terminal
    finally:
        process.kill()
        process.wait()
        terminal.end()
        with suppress(OSError):
            os.close(master)


@pytest.fixture
def replicated_users(replicated: Topology[Node], replicated_dsn: str) -> str:
    with psycopg.connect(replicated_dsn, autocommit=True) as connection:
        fill(connection, 20_000)
    expandcontract.apply(replicated_dsn, CHANGE, Phase.EXPAND)
    replicated.wait_until_replayed()
    return replicated_dsn


def test_a_terminal_gets_a_bar_with_lag_and_the_reason_for_a_pause(replicated_users: str) -> None:
    dsn = replicated_users
    with running(dsn, "backfill", NAME, "--batch-size", "5") as (process, terminal):
        bar = terminal.shows(lambda lines: "rows/s" in lines[0] and "lag standby1" in lines[-1])
        subprocess.run(
            [sys.executable, "-c", PROGRAM, "pause", NAME, "--dsn", dsn],
            check=True,
            capture_output=True,
        )
        held = terminal.shows(lambda lines: "holds: paused by process" in lines[-1])
        process.send_signal(signal.SIGINT)
        process.wait(30)
        terminal.end()

    assert re.search(r"copy ━*─* \d+ % [\d,]+ of about 20,000 rows, [\d,]+ rows/s", bar[0])
    assert "no end in sight while it holds" in held[0]
    assert all(len(line) < COLUMNS for line in (*bar, *held))
    assert process.returncode == 4
    assert "\x1b[A\r\x1b[J" in terminal.text, "a picture of two lines is taken away as a whole"
    assert "rows/s" not in terminal.frames[-1][0], "nothing of the bar stays"


def test_without_colours_the_bar_has_none(replicated_users: str) -> None:
    with running(
        replicated_users, "backfill", NAME, "--no-color", "--batch-size", "200", "--max-lag", "off"
    ) as (process, terminal):
        process.wait(60)
        terminal.end()

    assert process.returncode == 0
    assert "━" in terminal.text
    assert not re.search(r"\x1b\[[0-9;]*m", terminal.text)
