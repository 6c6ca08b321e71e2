"""One background thread that brings the switches and tells that the release lives.

It has a connection of its own, made as the application's are: an exhausted pool is the moment at
which a kill has to come through. The application's threads and its event loop never wait for it.
"""

import asyncio
import contextlib
import logging
import os
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

if TYPE_CHECKING:  # SQLAlchemy 2.1 comes without the greenlet that this needs
    from sqlalchemy.ext.asyncio import AsyncEngine

Ask = Callable[[Connection], None]

log = logging.getLogger("expandcontract.orm")

LATE = 5.0
"""Seconds after which an answer is given up, and the next attempt begins on a new connection."""


class Polling:
    """Asks again and again, until it is stopped or its process ends; survives a fork."""

    def __init__(self, engine: Engine, *, is_async: bool, every: float, ask: Ask, end: Ask) -> None:
        self._engine, self._is_async, self._every = engine, is_async, every
        self._ask, self._end = ask, end
        self._over, self._now, self._asked = threading.Event(), threading.Event(), threading.Event()
        self._process = 0
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._poke_loop: Callable[[], object] = self._now.set
        self.problem: Exception | None = None
        self.answered_at: float | None = None

    def start(self) -> None:
        """Start the thread, unless this process has it already."""
        if self._process == os.getpid() or self._over.is_set():
            return
        with self._lock:
            if self._process == os.getpid():
                return
            self._process = os.getpid()
            self._now, self._asked = threading.Event(), threading.Event()
            # The application's connections are of no concern to this, nor is a parent's of ours.
            own = Engine(self._engine.pool.recreate(), self._engine.dialect, self._engine.url)
            target = self._run_async if self._is_async else self._run
            self._thread = threading.Thread(
                target=target, args=(own,), name="ec-switches", daemon=True
            )
            self._thread.start()

    def forked(self) -> None:
        """In a child process there is no such thread, and a lock may be held by nobody."""
        self._lock = threading.Lock()

    def wait(self, seconds: float) -> bool:
        """Wait until the question was answered, or could not be; whether it was."""
        return self._asked.wait(seconds) and self.problem is None

    def refresh(self, seconds: float) -> bool:
        """Ask now, and wait for the answer."""
        self.start()
        self._asked.clear()
        self._poke()
        return self.wait(seconds)

    def stop(self) -> None:
        """Say good-bye, and stop."""
        self._over.set()
        self._poke()
        thread = self._thread
        if self._process == os.getpid() and thread is not None:
            thread.join(LATE)

    def _poke(self) -> None:
        self._now.set()

        with contextlib.suppress(RuntimeError):  # the loop has ended
            self._poke_loop()

    def _run(self, own: Engine) -> None:
        while not self._over.is_set():
            self._told(lambda: self._in(own, self._ask), own)
            self._now.wait(self._every)
            self._now.clear()
        with contextlib.suppress(SQLAlchemyError, OSError):
            self._in(own, self._end)
        own.dispose()

    def _in(self, own: Engine, ask: Ask) -> None:
        with own.connect() as connection:
            ask(connection.execution_options(isolation_level="AUTOCOMMIT"))

    def _run_async(self, own: Engine) -> None:
        from sqlalchemy.ext import asyncio as greenlets  # noqa: PLC0415  # see above

        with contextlib.suppress(RuntimeError):  # the interpreter ends, and no loop can work
            asyncio.run(self._loop(greenlets.AsyncEngine(own)))

    async def _loop(self, own: "AsyncEngine") -> None:
        loop, now = asyncio.get_running_loop(), asyncio.Event()
        self._poke_loop = lambda: loop.call_soon_threadsafe(now.set)
        while not self._over.is_set():
            try:
                await asyncio.wait_for(self._in_async(own, self._ask), LATE)
            except (SQLAlchemyError, OSError, TimeoutError) as error:
                await own.dispose()
                self._failed(error)
            else:
                self._answered()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(now.wait(), self._every)
            now.clear()
        with contextlib.suppress(SQLAlchemyError, OSError, TimeoutError):
            await asyncio.wait_for(self._in_async(own, self._end), LATE / 2)
        await own.dispose()

    async def _in_async(self, own: "AsyncEngine", ask: Ask) -> None:
        async with own.connect() as connection:
            await connection.execution_options(isolation_level="AUTOCOMMIT")
            await connection.run_sync(ask)

    def _told(self, ask: Callable[[], None], own: Engine) -> None:
        try:
            ask()
        except (SQLAlchemyError, OSError) as error:
            own.dispose()
            self._failed(error)
        else:
            self._answered()

    def _failed(self, error: Exception) -> None:
        if self.problem is None:
            reason = str(error).splitlines()[0]
            log.warning("switches cannot be read, and stay as they were: %s", reason)
        self.problem = error
        self._asked.set()

    def _answered(self) -> None:
        if self.problem is not None:
            log.info("switches are read again")
        self.problem, self.answered_at = None, time.monotonic()
        self._asked.set()
