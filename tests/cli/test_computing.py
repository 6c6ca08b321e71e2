"""`ec backfill TABLE --python`: a function of the project, from the command line."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from tests.cli.conftest import PROGRAM, Ec

Connect = Callable[..., psycopg.Connection]
MODULE = """
import os
import signal
import time

def shouted(rows):
    return [row["email"].upper() for row in rows]

def refusing(rows):
    raise AssertionError(rows)

FIGURE = 5

def slow(rows):
    time.sleep(0.2)
    return [row["email"] for row in rows]

def killed(rows):
    os.kill(os.getpid(), signal.SIGKILL)
"""
WORDS = ("backfill", "users", "--column", "loud", "--reads", "email")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "project_functions.py").write_text(MODULE)
    (tmp_path / "project_broken.py").write_text("1 / 0")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    return tmp_path


def fill(connection: psycopg.Connection) -> None:
    connection.execute(
        "CREATE TABLE users (id int PRIMARY KEY, email text, loud text);"
        "INSERT INTO users SELECT g, 'u' || g, NULL FROM generate_series(1, 300) AS g"
    )


@pytest.mark.usefixtures("folder")
def test_a_function_fills_a_column(ec: Ec, connection: psycopg.Connection) -> None:
    fill(connection)

    outcome = ec(*WORDS, "--python", "project_functions:shouted", "--executor", "threads:2")

    assert outcome.code == 0, outcome.err
    assert "is closed" in outcome.out
    query = "SELECT count(*) FROM users WHERE loud = upper(email)"
    assert connection.execute(query).fetchall() == [(300,)]


@pytest.mark.usefixtures("folder")
def test_a_process_that_is_killed_is_no_fault_of_the_rows(
    ec: Ec, connection: psycopg.Connection
) -> None:
    fill(connection)

    outcome = ec(*WORDS, "--python", "project_functions:killed", "--executor", "processes:1")
    again = ec(*WORDS, "--python", "project_functions:shouted")

    assert outcome.code == 3, outcome.err
    assert "the executor has ended" in outcome.err
    assert again.code == 0, again.err
    query = "SELECT count(*) FROM users WHERE loud = upper(email)"
    assert connection.execute(query).fetchall() == [(300,)]


def test_ctrl_c_of_a_terminal_is_left_to_the_first_process(
    folder: Path, connection: psycopg.Connection, dsn: str
) -> None:
    fill(connection)
    words = [*WORDS, "--python", "project_functions:slow", "--executor", "processes:2"]
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *words, "--batch-size", "5"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=folder,
        env={**os.environ, "EC_DATABASE_URL": dsn, "PYTHONPATH": str(folder)},
        start_new_session=True,  # a terminal's foreground: whoever is in it gets the signal
    )
    assert process.stderr is not None
    said = ""
    while "begins" not in said:
        said += process.stderr.readline()
    os.killpg(process.pid, signal.SIGINT)
    _, rest = process.communicate(timeout=60)

    assert process.returncode == 4, said + rest
    assert "Traceback" not in said + rest


@pytest.mark.usefixtures("folder")
def test_a_dry_run_tells_what_it_would_cost_and_calls_nothing(
    ec: Ec, connection: psycopg.Connection
) -> None:
    fill(connection)
    connection.execute("ANALYZE users")
    words = (*WORDS, "--python", "project_functions:refusing", "--where", "id <= 100", "--dry-run")

    outcome = ec(*words)
    [step] = json.loads(ec(*words, "--json").out)["steps"]
    unknown = ec(*WORDS, "--python", "project_functions:absent", "--dry-run")

    assert outcome.code == 0, outcome.err
    assert "100 rows to write" in outcome.out
    assert 'SET "loud" = (what the function gives) WHERE' in outcome.out
    assert outcome.out.endswith("nothing was written\n")
    assert step["estimate"]["rows"] == 100
    assert unknown.code == 2
    assert connection.execute("SELECT to_regnamespace('expandcontract')").fetchall() == [(None,)]


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--python", "project_functions"), "write module:function"),
        (("--python", "project_functions:absent"), "has no absent"),
        (("--python", "project_functions:FIGURE"), "is a int, no function"),
        (("--python", "no_such_module:f"), "No module named"),
        (("--python", "project_broken:f"), "cannot be imported, ZeroDivisionError: division by"),
        (("--python", "project_functions:shouted", "--executor", "threads:257"), "1 to 256"),
        (("--python", "project_functions:shouted", "--executor", "gpu"), "an executor is one of"),
        (("--python", "project_functions:shouted", "--executor", "threads:0"), "is one of"),
        (("--python", "project_functions:shouted", "--set", "loud = email"), "goes without --set"),
        ((), "go with --python"),
    ],
    ids=str,
)
def test_what_is_no_function_or_executor_is_refused_before_anything_is_written(
    ec: Ec, connection: psycopg.Connection, words: tuple[str, ...], said: str
) -> None:
    fill(connection)

    outcome = ec(*WORDS, *words)

    assert (outcome.code, said in outcome.err) == (2, True), outcome.err
    assert connection.execute("SELECT to_regnamespace('expandcontract')").fetchall() == [(None,)]
