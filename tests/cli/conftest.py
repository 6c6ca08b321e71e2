"""A database with users and a rename of their email, and `ec` to carry it on with."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import psycopg
import pytest

import expandcontract
from expandcontract import cli
from expandcontract.changes.rename_column import RenameColumn
from expandcontract.model.phase import Phase
from tests.support.databases import Databases

CHANGE = RenameColumn(table="users", old="email", new="email_address", owner="accounts")
NAME = CHANGE.name
ROWS = 2000
WAITING = """
    SELECT 1 FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock' AND pid <> pg_backend_pid()
"""
PROGRAM = "import sys; from expandcontract.cli import main; main(sys.argv[1:])"


@dataclass(frozen=True)
class Outcome:
    code: int
    out: str
    err: str


Ec = Callable[..., Outcome]
Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def ec(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, dsn: str
) -> Iterator[Ec]:
    """Runs `ec` in this process, on the test's own database unless --dsn says otherwise."""
    monkeypatch.setenv("EC_DATABASE_URL", dsn)
    before = signal.getsignal(signal.SIGTERM)

    def run(*words: str) -> Outcome:
        with pytest.raises(SystemExit) as ended:
            cli.main(words)
        captured = capsys.readouterr()
        return Outcome(int(str(ended.value.code)), captured.out, captured.err)

    yield run
    signal.signal(signal.SIGTERM, before)


@pytest.fixture
def start(dsn: str) -> Iterator[Start]:
    """Starts `ec` as a process of its own."""
    started: list[subprocess.Popen[str]] = []

    def begin(*words: str) -> "subprocess.Popen[str]":
        process = subprocess.Popen(
            [sys.executable, "-u", "-c", PROGRAM, *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "EC_DATABASE_URL": dsn},
        )
        started.append(process)
        return process

    yield begin
    for process in started:
        process.kill()
        process.communicate()


def fill(connection: psycopg.Connection, rows: int = ROWS) -> None:
    connection.execute(
        "CREATE TABLE users (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,"
        " email text NOT NULL UNIQUE CHECK (email <> ''))"
    )
    connection.execute(
        "INSERT INTO users (email) SELECT n || '@example.org' FROM generate_series(1, %s) n",
        (rows,),
    )
    connection.execute("ANALYZE users")


def begin(dsn: str) -> None:
    """Expand the rename."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        fill(connection)
    expandcontract.apply(dsn, CHANGE, Phase.EXPAND)


STAGES = ("users", "backfilled", "switched")


@pytest.fixture
def dsn(request: pytest.FixtureRequest, databases: Databases) -> Iterator[str]:
    """A database of its own, as far as the test wants the rename to be."""
    wanted = [stage for stage in STAGES if stage in request.fixturenames]

    def build(dsn: str) -> None:
        begin(dsn)
        for phase in (Phase.BACKFILL, Phase.SWITCH)[: STAGES.index(wanted[-1])]:
            expandcontract.apply(dsn, CHANGE, phase)

    template = databases.template(f"cli {wanted[-1]}", build) if wanted else "template0"
    with databases.database(template) as dsn:
        yield dsn


@pytest.fixture
def users(dsn: str) -> str:
    """The rename of the users' email, expanded; its name."""
    assert dsn
    return NAME


@pytest.fixture
def backfilled(dsn: str) -> str:
    """The same, backfilled."""
    assert dsn
    return NAME


@pytest.fixture
def switched(dsn: str) -> str:
    """The same, switched."""
    assert dsn
    return NAME


def rest(connection: psycopg.Connection) -> None:
    """As if what the gates have seen were an hour old."""
    connection.execute("UPDATE expandcontract.observations SET since = since - interval '1 hour'")
