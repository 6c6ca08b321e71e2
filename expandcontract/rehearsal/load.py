"""Two made-up releases of an application that write while everything is carried out again."""

import random
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field

import psycopg

from expandcontract.model.phase import Phase
from expandcontract.ops.reading.written import told
from expandcontract.rehearsal import rows
from expandcontract.rehearsal.project import engine_on, upgrade
from expandcontract.rehearsal.running import carry_phase, remaining, session_on
from expandcontract.rehearsal.seen import Failure, Rehearsal, Tally
from expandcontract.rehearsal.staging import Stagehand

REPEATED = frozenset({"23505", "23503", "40001", "40P01"})
"""A value or a row that another one made or took; any application meets these and goes on."""


@dataclass(frozen=True, slots=True)
class Release:
    """What one release of the application says to the database."""

    statements: tuple[str, ...]
    left_out: tuple[str, ...]


def release_of(
    address: str, touched: Callable[[rows.Table], bool], hints: rows.Hints = rows.NO_HINTS
) -> Release:
    """The statements that touched tables take as they are now."""
    statements: list[str] = []
    left: list[str] = []
    with closing(psycopg.connect(address, autocommit=True)) as connection:
        for table in filter(touched, rows.tables(connection, hints)):
            style, reason = rows.style_of(connection, table, hints)
            if style is None:
                left.append(f"{table.name} is only read: {reason}")
            written = () if style is None else _written(table, style)
            for statement in (*written, table.select()):
                if problem := _problem(connection, statement):
                    left.append(f"{statement.split(' ', 1)[0]} on {table.name}: {problem}")
                else:
                    statements.append(statement)
    return Release(tuple(statements), tuple(left))


def _written(table: rows.Table, style: int) -> Iterator[str]:
    for statement in (table.insert(style), table.update(style), table.delete()):
        if statement is not None:
            yield statement


def _problem(connection: psycopg.Connection, statement: str) -> str:
    try:
        with connection.transaction(force_rollback=True):
            rows.run(connection, statement, next(rows.NUMBERS))
    except psycopg.Error as error:
        return str(error).split("\n", maxsplit=1)[0]
    return ""


@dataclass(slots=True)
class Writer:
    """One release at work in a thread of its own."""

    address: str
    release: Release
    tally: Tally
    when: Callable[[], str]
    _over: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to write."""
        if self.release.statements:
            self._thread = threading.Thread(target=self._work, daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """End after the statement that is running."""
        self._over.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _work(self) -> None:
        chance = random.Random(7)  # noqa: S311  # a mixture, no secret
        try:
            with closing(psycopg.connect(self.address, autocommit=True)) as connection:
                connection.prepare_threshold = None
                while not self._over.is_set():
                    self._one(connection, chance.choice(self.release.statements))
        except psycopg.Error as error:
            self._failed(str(error))

    def _one(self, connection: psycopg.Connection, statement: str) -> None:
        begun = time.monotonic()
        try:
            rows.run(connection, statement, next(rows.NUMBERS))
        except psycopg.Error as error:
            if error.sqlstate in REPEATED:
                self.tally.refused += 1
            else:
                self._failed(f"{statement.split(' (', maxsplit=1)[0]}: {error}")
            if connection.closed:
                raise
        else:
            self.tally.done += 1
        took = time.monotonic() - begun
        if took > self.tally.worst:
            self.tally.worst, self.tally.worst_at = took, self.when()

    def _failed(self, error: str) -> None:
        self.tally.failed += 1
        self.tally.errors.setdefault(error.split("\n", maxsplit=1)[0], self.when())


@dataclass(slots=True)
class Performance:
    """The second time, with both releases."""

    hand: Stagehand
    found: Rehearsal
    old: Release
    new: Release
    seconds: float  #: how long each situation lasts
    say: Callable[[str], None]
    now: str = "before anything is changed"

    def play(self, address: str) -> None:
        """Old alone, the upgrade, both until the switch is over, new alone, contract, new alone."""
        with self._writing(address, "old", self.old) as old:
            time.sleep(self.seconds)
            self._at("the upgrade")
            with engine_on(address).connect() as connection:
                upgrade(self.hand.project, connection, self.hand.route.end)
            with session_on(address) as session:
                for record, phase in remaining(session, Phase.BACKFILL):
                    self._at(f"{phase} of {record.name}")
                    carry_phase(session, record, phase)
                with self._writing(address, "new", self.new):
                    self._at("both releases running")
                    time.sleep(self.seconds)
                    for record, phase in remaining(session, Phase.SWITCH):
                        self._at(f"{phase} of {record.name}")
                        carry_phase(session, record, phase)
                    old.stop()
                    for record, phase in remaining(session):
                        self._at(f"{phase} of {record.name}")
                        carry_phase(session, record, phase)
                    self._at("the new release alone")
                    time.sleep(self.seconds)

    def _at(self, what: str) -> None:
        self.now = what
        self.say(f"under load: {what}")

    @contextmanager
    def _writing(self, address: str, name: str, release: Release) -> Iterator[Writer]:
        tally = self.found.load[name] = Tally(left_out=release.left_out)
        writer = Writer(address, release, tally, lambda: self.now)
        writer.start()
        try:
            yield writer
        finally:
            writer.stop()


def under_load(performance: Performance, address: str) -> None:
    """Carry everything out again while the releases write; an error ends it and is told."""
    try:
        performance.play(address)
    except (Exception, SystemExit) as error:  # noqa: BLE001  # it is what was to be found out
        performance.found.failure = Failure(stage=performance.now, reason=told(error))


def touched(found: Rehearsal, names: Sequence[str]) -> frozenset[str]:
    """The tables on which something was done that others notice."""
    hit = {
        name
        for ran in found.ran
        for name in (*ran.seen.locks, *ran.seen.rewrites, *ran.seen.scans, *ran.seen.builds)
    }
    return frozenset(hit & set(names))
