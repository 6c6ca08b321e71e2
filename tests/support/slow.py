"""A standby that replays slowly: its startup process is stopped most of the time."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from expandcontract.embedded.server import Server

TURN = 0.04
"""Seconds of one stop and one go together."""


def startup_process(standby: Server) -> int:
    """The process that replays."""
    [(pid,)] = standby.rows("SELECT pid FROM pg_stat_activity WHERE backend_type = 'startup'")
    return int(pid)


@contextmanager
def slowed(standby: Server, share: float) -> Iterator[None]:
    """Let it replay for a share of the time, in short turns."""
    pid, over = startup_process(standby), threading.Event()

    def turns() -> None:
        while not over.is_set():
            os.kill(pid, signal.SIGSTOP)
            over.wait(TURN * (1 - share))
            os.kill(pid, signal.SIGCONT)
            time.sleep(TURN * share)

    thread = threading.Thread(target=turns, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)


@contextmanager
def stopped(standby: Server) -> Iterator[None]:
    """Let it replay nothing."""
    pid = startup_process(standby)
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)
