"""Whatever lies on the disk: judged, or named with a reason; never a traceback, never silence."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from expandcontract import cli
from expandcontract.lint import formats

HAZARD = "CREATE INDEX i ON t (a);\n"
PROGRAM = "import sys; from expandcontract.cli import main; main(sys.argv[1:])"


@dataclass(frozen=True)
class Outcome:
    code: int
    out: str
    err: str


Lint = Callable[..., Outcome]


@pytest.fixture
def lint(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[Lint]:
    """Runs `ec lint` in an empty folder, with a cache of its own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    before = signal.getsignal(signal.SIGTERM)

    def run(*words: str) -> Outcome:
        with pytest.raises(SystemExit) as ended:
            cli.main(["lint", *words])
        captured = capsys.readouterr()
        assert "mistake in expandcontract" not in captured.err
        return Outcome(int(str(ended.value.code)), captured.out, captured.err)

    yield run
    signal.signal(signal.SIGTERM, before)


def cache_file(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "expandcontract" / "lint.sqlite"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"\x89PNG\r\n\x1a\n\x00\x00", "binary"),
        (b"\x7fELF\x02\x00" + bytes(range(256)), "binary"),
        ("SELECT 'é';".encode("latin-1"), "not UTF-8 (byte 8)"),
        (b"\xff\xfeS\x00E", "not UTF-16"),
    ],
)
def test_a_file_without_text_is_named_and_the_others_are_judged(
    lint: Lint, content: bytes, reason: str
) -> None:
    Path("a.sql").write_bytes(content)
    Path("b.sql").write_text(HAZARD)

    done = lint(".")

    assert (done.code, "b.sql:1:1" in done.out) == (2, True)
    assert "a.sql" in done.err
    assert reason in done.err


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_byte_order_mark_says_how_to_read_a_file(lint: Lint, encoding: str) -> None:
    Path("a.sql").write_bytes(HAZARD.encode(encoding))

    done = lint("a.sql")

    assert (done.code, "a.sql:1:1: error EC101" in done.out) == (1, True)


def test_a_path_that_is_not_there_is_an_error(lint: Lint) -> None:
    Path("b.sql").write_text(HAZARD)

    done = lint("a.sql", "b.sql")

    assert (done.code, "b.sql:1:1" in done.out) == (2, True)
    assert "a.sql: No such file" in done.err


def test_a_file_that_cannot_be_read_is_an_error(lint: Lint) -> None:
    Path("a.sql").symlink_to("a.sql")
    Path("b.sql").write_text(HAZARD)

    done = lint(".")

    assert (done.code, "b.sql:1:1" in done.out) == (2, True)
    assert "a.sql: Too many levels of symbolic links" in done.err


def test_a_folder_without_sql_is_an_error(lint: Lint) -> None:
    Path("docs").mkdir()
    Path("docs/readme.md").write_text("# nothing")

    done = lint("docs")

    assert (done.code, done.out) == (2, "")
    assert "docs: there is no .sql file in this folder" in done.err


def test_several_errors_are_all_told_and_json_stays_json(lint: Lint) -> None:
    Path("b.sql").write_bytes(b"\x00")
    Path("c.sql").write_text("SELECT 1;")

    done = lint("a.sql", ".", "--json")

    assert json.loads(done.out)["summary"]["files"] == 1
    error = json.loads(done.err)["error"]
    assert error["facts"]["paths"] == ["a.sql", "b.sql"]
    assert done.code == 2


def test_an_empty_file_is_a_file_with_no_statement(lint: Lint) -> None:
    Path("a.sql").write_text("")

    assert lint("a.sql") == Outcome(0, "no findings in 0 statements of 1 file\n", "")


def test_a_file_is_judged_once_and_endings_may_be_upper_case(lint: Lint) -> None:
    Path("A.SQL").write_text(HAZARD)

    assert lint(".", "A.SQL").out.count("EC101") == 1


def test_an_output_file_that_cannot_be_written_is_an_error(lint: Lint) -> None:
    Path("a.sql").write_text(HAZARD)

    done = lint("a.sql", "--output", "missing/report.txt")

    assert (done.code, "missing/report.txt" in done.err) == (2, True)


@pytest.mark.parametrize("name", formats.names())
def test_every_format_in_the_package_can_be_asked_for(lint: Lint, name: str) -> None:
    Path("a.sql").write_text(HAZARD)

    done = lint("a.sql", "--format", name)

    assert (done.code, "\x1b" in done.out) == (1, False)
    assert "a.sql" in done.out


def test_colours_are_for_terminals(lint: Lint, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("a.sql").write_text(HAZARD)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)

    assert "\x1b[31;1merror" in lint("a.sql").out
    assert "\x1b" not in lint("a.sql", "--no-color").out
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in lint("a.sql").out


def test_what_did_not_change_is_told_from_the_cache(lint: Lint, tmp_path: Path) -> None:
    Path("a.sql").write_text(HAZARD + "FROB;\nSELECT 1;\n")
    first = lint("a.sql", "--format", "json")

    assert lint("a.sql", "--format", "json") == first
    assert lint("a.sql", "--format", "json", "--no-cache") == first
    with sqlite3.connect(cache_file(tmp_path)) as cache:
        assert cache.execute("SELECT count(*) FROM outcome").fetchone() == (1,)
        cache.execute("UPDATE outcome SET content = ?", (b"[[7, 0, []]]",))
    cache.close()
    assert json.loads(lint("a.sql", "--format", "json").out)["summary"]["statements"] == 7


def test_the_cache_knows_an_outcome_by_text_and_options(lint: Lint, tmp_path: Path) -> None:
    Path("a.sql").write_text("ALTER TABLE t ADD CHECK (a > 0);\n")
    Path("schema.sql").write_text("CREATE TABLE t (a int);")
    lint("a.sql")

    assert "EC" not in lint("a.sql", "--ignore", "EC1").out
    assert "EC101" not in lint("a.sql", "--select", "EC101").out
    lint("a.sql", "--pg-version", "17")
    lint("a.sql", "--schema", "schema.sql")
    lint("a.sql", "--runner", "alembic")
    Path("a.sql").write_text("SELECT 1;")
    assert lint("a.sql").code == 0
    with sqlite3.connect(cache_file(tmp_path)) as cache:
        assert cache.execute("SELECT count(*) FROM outcome").fetchone() == (7,)
    cache.close()


def test_an_ignore_that_expires_is_not_kept_past_its_day(
    lint: Lint, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("a.sql").write_text(f"-- ec: ignore[EC101] until 2030-01-31 small\n{HAZARD}")

    assert lint("a.sql").code == 0
    monkeypatch.setattr("expandcontract.cli.lint_inputs.today", lambda: "2030-02-01")
    assert "has expired" in lint("a.sql").out


@pytest.mark.parametrize(
    "content", [b"", b"no database at all" * 100, b"SQLite format 3\x00" + b"\xff" * 5000]
)
def test_a_damaged_cache_is_left_aside_and_made_anew(
    lint: Lint, tmp_path: Path, content: bytes
) -> None:
    Path("a.sql").write_text(HAZARD)
    cache_file(tmp_path).parent.mkdir(parents=True)
    cache_file(tmp_path).write_bytes(content)

    assert [lint("a.sql").code for _ in range(3)] == [1, 1, 1]
    with sqlite3.connect(cache_file(tmp_path)) as cache:
        assert cache.execute("SELECT count(*) FROM outcome").fetchone() == (1,)
    cache.close()


@pytest.mark.parametrize("content", [b"", b"[", b"[]", b"[[1, 0, [[]]]]", b"\xff", "text", None, 5])
def test_an_outcome_that_makes_no_sense_is_found_anew(
    lint: Lint, tmp_path: Path, content: object
) -> None:
    Path("a.sql").write_text(HAZARD)
    first = lint("a.sql")
    with sqlite3.connect(cache_file(tmp_path)) as cache:
        cache.execute("UPDATE outcome SET content = ?", (content,))
    cache.close()

    assert lint("a.sql") == first


def test_a_cache_that_cannot_be_written_does_no_harm(
    lint: Lint, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("a.sql").write_text(HAZARD)
    Path("file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", "file")

    assert lint("a.sql").code == 1


def test_many_files_in_several_processes_come_in_order(lint: Lint) -> None:
    text = HAZARD + "-- a long comment\n" * 100
    for number in range(150):
        Path(f"f{number:03}.sql").write_text(text)
    Path("f070.sql").write_bytes(b"\x00")

    done = lint(".", "--no-cache", "--format", "json")

    document = json.loads(done.out)
    names = [file["path"] for file in document["files"]]
    assert (names, len(names)) == (sorted(names), 149)
    assert (done.code, document["summary"]["errors"]) == (2, 149)


def test_many_files_are_read_ahead_and_each_is_judged_or_named(lint: Lint) -> None:
    for number in range(210):
        Path(f"f{number:03}.sql").write_text(f"{HAZARD}-- {number}\n")
    Path("f070.sql").write_bytes(b"\x00")
    Path("f100.sql").unlink()
    Path("f100.sql").symlink_to("nowhere.sql")
    Path("f110.sql").write_bytes(b"\xef\xbb\xbf" + HAZARD.encode())

    done = lint(".", "--format", "json")

    files = json.loads(done.out)["files"]
    assert len(files) == 208
    assert all([finding["rule"] for finding in file["findings"]] == ["EC101"] for file in files)
    assert "f070.sql: it is a binary file" in done.err
    assert "f100.sql: No such file" in done.err
    assert lint(".", "--format", "json").out == done.out


@pytest.mark.parametrize("processors", [1, 2, 3, 8])
def test_a_long_row_is_judged_in_parts_as_it_is_in_one(
    lint: Lint, monkeypatch: pytest.MonkeyPatch, processors: int
) -> None:
    for number in range(40):
        Path(f"{number:03}.sql").write_text(
            f"CREATE TABLE t{number} (id int);\nCREATE INDEX ON t{number // 2} (id);\n"
            f"ALTER TABLE t{number // 3} ADD CHECK (id > {number});\n"
        )
    whole = lint(".", "--no-cache", "--format", "json")
    monkeypatch.setattr("expandcontract.cli.lint_running._PAYS", 1000)
    monkeypatch.setattr("expandcontract.cli.lint_running.processors", lambda: processors)

    cold, warm = (lint(".", "--format", "json") for _ in range(2))

    assert cold == warm == whole
    assert "t19" in whole.out


def test_runs_at_the_same_time_do_not_disturb_each_other(tmp_path: Path) -> None:
    for number in range(30):
        (tmp_path / f"f{number:03}.sql").write_text(HAZARD + f"SELECT {number};")

    def run(_: int) -> str:
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM, "lint", "."],
            capture_output=True,
            cwd=tmp_path,
            env={**os.environ, "XDG_CACHE_HOME": str(tmp_path / "cache")},
            check=False,
        )
        assert (done.returncode, done.stderr) == (1, b"")
        return done.stdout.decode()

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(run, range(8)))) == 1


def test_linting_sql_imports_neither_drivers_nor_parsers(tmp_path: Path) -> None:
    (tmp_path / "a.sql").write_text(HAZARD)
    program = (
        "import sys, contextlib\n"
        "from expandcontract.cli import main\n"
        "with contextlib.suppress(SystemExit): main(['lint', 'a.sql', '--no-cache'])\n"
        "print([n for n in ('sqlglot', 'sqlalchemy', 'alembic', 'psycopg', 'multiprocessing')"
        " if n in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, cwd=tmp_path, check=True
    )

    assert done.stdout.decode().splitlines()[-1] == "[]"


@pytest.mark.parametrize("key", ["select", "ignore"])
def test_a_misspelt_rule_in_the_settings_is_no_silence(lint: Lint, key: str) -> None:
    Path("a.sql").write_text(HAZARD)
    Path("expandcontract.toml").write_text(f"{key} = ['EC1O1']\n")

    outcome = lint("a.sql")

    assert outcome.code == 2
    assert f"expandcontract.toml: {key}: there is no rule 'EC1O1'" in outcome.err


def test_a_baseline_that_is_not_there_is_no_empty_one(lint: Lint) -> None:
    Path("a.sql").write_text(HAZARD)

    missing = lint("a.sql", "--baseline", "old.json")
    written = lint("a.sql", "--baseline", "new.json", "--update-baseline")
    known = lint("a.sql", "--baseline", "new.json")

    assert (missing.code, "old.json cannot be read (there is no such file)" in missing.err) == (
        2,
        True,
    )
    assert "--update-baseline" in missing.err
    assert (written.code, known.code) == (0, 0)


def test_a_baseline_of_the_settings_may_come_later(lint: Lint) -> None:
    Path("a.sql").write_text(HAZARD)
    Path("expandcontract.toml").write_text('baseline = "later.json"\n')

    assert lint("a.sql").code == 1
