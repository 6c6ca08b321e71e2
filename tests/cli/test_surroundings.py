"""Whatever a shell, a terminal, a disk or a script has made of it, `ec` says in words."""

import os
import pty
import resource
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from expandcontract.cli import Exit
from tests.cli.conftest import Ec

PROGRAM = "import sys; sys.argv[0] = 'ec'; from expandcontract.__main__ import main; main()"
EC = (sys.executable, "-c", PROGRAM)
QUIET = {name: text for name, text in os.environ.items() if name not in {"NO_COLOR", "TERM"}}


def run(*words: str | bytes, **how: Any) -> "subprocess.CompletedProcess[bytes]":  # noqa: ANN401
    given: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **how}
    return subprocess.run([*EC, *words], check=False, **given)


def test_a_reader_that_goes_is_no_finding_and_no_mistake() -> None:
    out, into = os.pipe()
    os.close(out)

    ended = run("rules", stdout=into)
    os.close(into)

    assert (ended.returncode, ended.stderr) == (Exit.STOPPED, b"")


def test_an_error_that_nobody_reads_keeps_its_exit_code() -> None:
    out, into = os.pipe()
    os.close(out)

    ended = run("rules", "extra", stderr=into)
    os.close(into)

    assert ended.returncode == Exit.USAGE


@pytest.mark.parametrize(
    ("closed", "words", "code"),
    [
        (0, ("lint", "-"), Exit.USAGE),
        (0, ("init",), Exit.USAGE),
        (1, ("rules",), Exit.DONE),
        (2, ("rules", "extra"), Exit.USAGE),
    ],
)
def test_a_stream_may_be_closed(
    closed: int, words: Sequence[str], code: Exit, tmp_path: Path
) -> None:
    command = [*EC, *words]

    ended = subprocess.run(
        ["/bin/sh", "-c", f'exec "$@" {closed}>&-', "sh", *command],
        capture_output=True,
        check=False,
        cwd=tmp_path,
    )

    assert ended.returncode == code, ended.stderr
    assert b"Traceback" not in ended.stderr


def test_what_is_opened_next_never_gets_the_number_of_a_closed_stream() -> None:
    script = (
        "import os, sys; from expandcontract import __main__ as start\n"
        "os.close(2); start._occupy()\n"
        "sys.exit(0 if os.open('/', os.O_RDONLY) > 2 else 1)"
    )

    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def test_an_encoding_without_a_letter_gets_its_number() -> None:
    ended = run("tune", "--help", env={**os.environ, "PYTHONIOENCODING": "latin-1"})

    assert ended.returncode == Exit.DONE, ended.stderr
    assert rb"[KEY=VALUE]\u2026" in ended.stdout


def test_bytes_that_are_no_text_are_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"\xff.sql")).write_text("DROP TABLE t;")

    explained = run("explain", b"\xff")
    known = run("status", b"\xff", "--dsn", b"host=\xff")
    linted = run("lint", b"\xff.sql", "--format", "json", cwd=tmp_path)

    assert (explained.returncode, known.returncode) == (Exit.USAGE, Exit.USAGE)
    assert b"please report" not in explained.stderr + known.stderr
    assert linted.returncode == Exit.FINDINGS, linted.stderr
    assert rb"\udcff.sql" in linted.stdout


def test_a_folder_that_was_removed_is_said(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    script = f"import os; os.rmdir({str(gone)!r}); {PROGRAM}"

    ended = subprocess.run(  # -P: as a script, which does not look for modules in that folder
        [sys.executable, "-P", "-c", script, "status"], capture_output=True, check=False, cwd=gone
    )

    assert ended.returncode == Exit.USAGE
    assert b"this folder was removed" in ended.stderr


def on_a_terminal(*words: str, **variables: str) -> bytes:
    """What comes to a terminal's standard error."""
    shown, terminal = pty.openpty()
    run(*words, stderr=terminal, env={**QUIET, **variables})
    os.close(terminal)
    said = os.read(shown, 1 << 16)
    os.close(shown)
    return said


def test_an_error_has_colours_only_where_they_are_wanted() -> None:
    assert b"\x1b[" in on_a_terminal("rules", "extra", TERM="xterm")
    assert b"\x1b" not in on_a_terminal("rules", "extra", TERM="dumb")
    assert b"\x1b" not in on_a_terminal("rules", "extra", TERM="xterm", NO_COLOR="1")
    assert b"\x1b" not in on_a_terminal("--no-color", "rules", "extra", TERM="xterm")


def full_disk() -> None:
    """No file may grow beyond so many bytes."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))


def test_a_full_disk_leaves_a_file_as_it_was(tmp_path: Path) -> None:
    file = tmp_path / "a.sql"
    text = "CREATE INDEX i ON orders (a);\n" + "-- as it was\n" * 20
    file.write_text(text)

    ended = run("lint", "--fix", "--no-cache", str(file), preexec_fn=full_disk)

    assert ended.returncode == Exit.USAGE
    assert b"File too large" in ended.stderr
    assert file.read_text() == text
    assert [path.name for path in tmp_path.iterdir()] == ["a.sql"]


def test_a_fix_keeps_mode_link_encoding_and_mark(tmp_path: Path) -> None:
    file, link = tmp_path / "a.sql", tmp_path / "b.sql"
    file.write_bytes("CREATE INDEX i ON \N{GREEK SMALL LETTER ALPHA} (a);\r\n".encode("utf-16"))
    file.chmod(0o640)
    link.symlink_to(file)
    mark = file.read_bytes()[:2]

    ended = run("lint", "--fix", "--no-cache", str(link))

    assert ended.returncode == Exit.DONE, ended.stdout
    assert link.is_symlink()
    assert file.read_bytes()[:2] == mark
    assert "CONCURRENTLY" in file.read_bytes().decode("utf-16")
    assert file.read_bytes().decode("utf-16").endswith(";\r\n")
    assert file.stat().st_mode & 0o777 == 0o640


def test_bytes_of_a_shared_file_stay_what_they_are(tmp_path: Path) -> None:
    hooks = tmp_path / ".pre-commit-config.yaml"
    hooks.write_bytes(b"# caf\xe9\nrepos:\n  - repo: local\n    hooks: []\n")

    ended = run("init", "--yes", cwd=tmp_path)

    assert ended.returncode == Exit.DONE, ended.stderr
    assert hooks.read_bytes().startswith(b"# caf\xe9\nrepos:\n")
    assert b"ec-lint" in hooks.read_bytes()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("lint", "--ignore", "", "a.sql"), "there is no rule ''"),
        (("explain", ""), "there is no rule ''"),
        (("backfill", "users", "--set", "a = 1", "--where", " "), "--where is empty"),
        (("backfill", "users", "--set", "a = 1", "--standby", ""), "--standby is empty"),
        (("rehearse", "--history", "--scratch", ""), "--scratch"),
        (("demo", "--seconds", "nan"), "not a number of seconds"),
        (("rehearse", "--seconds", "inf"), "not a number of seconds"),
        (("verify", "n", "--every", "9" * 30 + "h"), "longer than anybody waits"),
        (
            ("new", "replace-enum", "--type", "t", "--values", "a", "--mapping", "{[]: 1}"),
            "mapping",
        ),
    ],
    ids=" ".join,
)
def test_an_unset_variable_and_an_odd_figure_are_refused(
    ec: Ec, words: Sequence[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.sql").write_text("DROP TABLE t;")
    (tmp_path / "alembic.ini").write_text("[alembic]\nscript_location = .\n")
    monkeypatch.chdir(tmp_path)

    outcome = ec(*words)

    assert (outcome.code, said in outcome.err) == (Exit.USAGE, True), outcome.err


def test_a_log_that_cannot_be_written_is_said(
    ec: Ec, users: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / f"ec-{users}.log").mkdir()
    monkeypatch.chdir(tmp_path)

    outcome = ec("backfill", users, "--detach")

    assert outcome.code == Exit.USAGE
    assert "Is a directory" in outcome.err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_whoever_only_looks_or_still_connects_ends_at_once(number: int) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"host=127.0.0.1 port={silent.getsockname()[1]} dbname=d"
        process = subprocess.Popen(
            [*EC, "status", "--dsn", address], stderr=subprocess.PIPE, text=True
        )
        connection, _ = silent.accept()
        process.send_signal(number)
        _, said = process.communicate(timeout=30)
        connection.close()

    assert process.returncode == Exit.STOPPED
    assert "to go on: ec status" in said
