"""A Runner from what the command line and the settings say, and how it is asked to stop."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from types import FrameType
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click

from expandcontract import config
from expandcontract.cli.options import Common
from expandcontract.cli.paced import Paced
from expandcontract.engine.events import Event, Tell
from expandcontract.engine.marks import DATABASE, marking
from expandcontract.engine.runner import MOST_FAILURES, Runner
from expandcontract.engine.tuning import sizing_for
from expandcontract.errors import ServerRefusedError
from expandcontract.pacing.retry import Patience
from expandcontract.pacing.window import Window, read_window
from expandcontract.postgres import brown_outs
from expandcontract.postgres.installation import installed
from expandcontract.postgres.opening import session_for
from expandcontract.postgres.session import Session

SLICE = 0.1
"""Seconds after which a sleeping runner looks whether it was asked to stop."""


class StopRequest:
    """The first Ctrl-C or SIGTERM asks for a safe point; the second interrupts at once.

    What is interrupted is rolled back, so the second one does no harm either.
    """

    def __init__(self, *, interrupts: bool = True) -> None:
        self.times = 0
        self._interrupts = interrupts
        self._is_reading = False

    @property
    def is_made(self) -> bool:
        """Whether somebody asked."""
        return self.times > 0

    def __call__(self) -> bool:
        """Whether somebody asked; what the engine asks at its safe points."""
        return self.is_made

    def receive(self, _number: int, _frame: FrameType | None) -> None:
        """Take a signal."""
        self.times += 1
        if self._is_reading and self._interrupts:
            raise KeyboardInterrupt
        if self.times > 1:
            if self._interrupts:
                raise KeyboardInterrupt
            return
        # Not through sys.stderr: this may have come in the middle of a line of it.
        message = b"\nstopping at the next safe point; once more to interrupt what is running\n"
        os.write(2, message)

    @contextmanager
    def reading(self) -> Iterator[None]:
        """What goes on only reads: the first signal ends it, whatever it waits for."""
        self._is_reading = True
        try:
            yield
        finally:
            self._is_reading = False

    def sleep(self, seconds: float) -> None:
        """Sleep, and wake up early when asked to stop."""
        until = time.monotonic() + seconds
        while not self.is_made and (left := until - time.monotonic()) > 0:
            time.sleep(min(SLICE, left))


@contextmanager
def stop_request(*, interrupts: bool = True) -> Iterator[StopRequest]:
    """Take the signals for the length of a block; without `interrupts` they are only counted."""
    request = StopRequest(interrupts=interrupts)
    if threading.current_thread() is not threading.main_thread():
        yield request
        return
    before = {n: signal.signal(n, request.receive) for n in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield request
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tempo:
    """How fast a backfill may go, as given on the command line; None leaves it to the settings."""

    pace: Paced = field(default_factory=Paced)
    target_ms: int | None = None
    batch_size: int | None = None
    workers: int | None = None
    window: Window | None = None
    most_failures: int | None = None
    free_disk: float | None = None  #: bytes by which the table may grow
    quarantined: bool = False
    listeners: tuple[Tell, ...] = ()  #: who is told besides the terminal


def _nobody(_event: Event) -> None:
    """Tell nobody."""


@contextmanager
def runner(
    common: Common, *, tell: Tell = _nobody, tempo: Tempo | None = None, looks: bool = False
) -> Iterator[Runner]:
    """A runner on the database that the command is about.

    One that only `looks` has a safe point everywhere, and so has one that still connects: there
    the first Ctrl-C ends it.
    """
    dsn, variables = common.database(), config.environment()
    settings = common.settings()
    hooks = config.webhooks(settings.webhooks, variables, f"webhooks of {settings.source}")
    with (
        session_for(dsn) as session,
        nullcontext(StopRequest()) if looks else stop_request() as stop,
        marking(hooks, lambda: str(session.rows(DATABASE)[0][0]), tell) as tell_all,
    ):
        _give_back(session)
        yield _runner(common, session, stop, tell_all, tempo or Tempo())


def _give_back(session: Session) -> None:
    """End brown-outs whose runner is gone, whatever this command is about."""
    try:
        found = brown_outs.left(session) if installed(session) >= brown_outs.SINCE else []
    except ServerRefusedError:  # a role that may not read the ledger could not end one either
        return
    for one in found:
        try:
            brown_outs.give_back(session, one.change_id)
            text = f"privileges that {one.holder} took away were given back"
        except ServerRefusedError as error:
            text = f"a brown-out was left by {one.holder}, and cannot be ended: {error.message}"
        click.echo(f"{one.name}: {text}", err=True)


def _runner(
    common: Common, session: Session, stop: StopRequest, tell: Tell, tempo: Tempo
) -> Runner:
    settings = common.settings()
    patience = Patience(lock_timeout=settings.lock_timeout)
    if settings.retry_budget is not None:
        patience = Patience(lock_timeout=settings.lock_timeout, budget=settings.retry_budget)
    return Runner(
        session=session,
        patience=patience,
        sizing=sizing_for(tempo.target_ms or settings.target_ms, tempo.batch_size),
        workers=tempo.workers or settings.workers,
        window=tempo.window,
        most_failures=MOST_FAILURES if tempo.most_failures is None else tempo.most_failures,
        free_disk=tempo.free_disk,
        quarantined=tempo.quarantined,
        limits=tempo.pace.limits_with(settings),
        standbys=tempo.pace.standbys or settings.standbys,
        sources=tempo.pace.sources(settings),
        tell=tell,
        asked_to_stop=stop,
        sleep=stop.sleep,
        reading=stop.reading,
    )


class WindowOfDay(click.ParamType):  # type: ignore[type-arg]  # generic from click 8.4 on only
    """`22:00-06:00`, with a time zone if wanted."""

    name = "window"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> Window:
        """Read it, and look the zone up."""
        try:
            window = read_window(str(value))
            if window.zone:
                ZoneInfo(window.zone)
        except ZoneInfoNotFoundError:
            self.fail(
                f"there is no time zone {window.zone!r}; write one as Europe/Berlin", param, ctx
            )
        except ValueError as error:
            self.fail(str(error), param, ctx)
        return window


WINDOW = WindowOfDay()
