import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import click
import psycopg
import pytest
import sqlalchemy

from expandcontract import cli
from expandcontract.cli import Common, Exit, common, failures, output
from expandcontract.errors import ColumnNotFoundError, ExpandContractError
from expandcontract.model.phase import Phase

Run = Callable[..., "Outcome"]

COMMAND = """
import click
from expandcontract.cli.options import Common, common

@click.command()
@common
def {name}(common: Common):
    '''Greet the world.'''
    {body}

COMMAND = {name}
"""


@dataclass(frozen=True)
class Outcome:
    code: int
    out: str
    err: str


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    for name in ("EC_DATABASE_URL", "EC_TRACEBACK"):
        monkeypatch.delenv(name, raising=False)
    before = signal.getsignal(signal.SIGTERM)

    def runner(*words: str) -> Outcome:
        with pytest.raises(SystemExit) as ended:
            cli.main(words)
        captured = capsys.readouterr()
        return Outcome(int(str(ended.value.code)), captured.out, captured.err)

    yield runner
    signal.signal(signal.SIGTERM, before)


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Adds a command, as a file in a folder that the package looks into."""
    monkeypatch.setattr(cli, "__path__", [*cli.__path__, str(tmp_path)])
    written: list[str] = []

    def write(body: str, name: str = "greet_all") -> None:
        (tmp_path / f"{name}.py").write_text(COMMAND.format(name=name, body=body))
        written.append(name)

    yield write
    for name in written:
        sys.modules.pop(f"{cli.__name__}.{name}", None)


def test_a_file_is_a_command(run: Run, command: Callable[..., None]) -> None:
    command("click.echo('hello')")

    assert run("greet-all") == Outcome(0, "hello\n", "")
    assert "Greet the world." in run("--help").out


def test_a_module_without_a_command_is_none(run: Run) -> None:
    assert "no command 'output'" in run("output").err
    assert " output " not in run("--help").out


def test_what_a_command_returns_is_the_exit_code(run: Run, command: Callable[..., None]) -> None:
    command("return 1")

    assert run("greet-all").code == Exit.FINDINGS


def test_an_unknown_command_names_the_nearest(run: Run, command: Callable[..., None]) -> None:
    command("pass")

    outcome = run("great-all")

    assert outcome.code == Exit.USAGE
    assert "no command 'great-all'; did you mean 'greet-all'?" in outcome.err


def test_an_unknown_option_names_the_nearest(run: Run, command: Callable[..., None]) -> None:
    command("pass")

    outcome = run("greet-all", "--jsn")

    assert outcome.code == Exit.USAGE
    assert "--json" in outcome.err


def test_common_options_stand_before_or_after_the_command(
    run: Run, command: Callable[..., None]
) -> None:
    command("click.echo(f'{common.json} {common.database()} {common.verbosity}')")

    expected = "True postgresql://h/d 1\n"
    assert run("greet-all", "--json", "--dsn", "postgresql://h/d", "-v").out == expected
    assert run("--json", "--dsn", "postgresql://h/d", "-v", "greet-all").out == expected


def test_the_database_comes_from_the_environment_and_the_file(
    run: Run, command: Callable[..., None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command("click.echo(common.database())")
    (tmp_path / "expandcontract.toml").write_text("dsn = 'host=file'")
    monkeypatch.chdir(tmp_path)

    assert run("greet-all").out == "host=file\n"
    monkeypatch.setenv("EC_DATABASE_URL", "host=environment")
    assert run("greet-all").out == "host=environment\n"


def test_an_error_of_ours_is_one_line_and_its_exit_code(
    run: Run, command: Callable[..., None]
) -> None:
    command("from expandcontract.errors import ColumnNotFoundError as C; raise C('t', 'b', ('a',))")

    outcome = run("greet-all")

    assert outcome.code == Exit.USAGE
    assert outcome.err == "error: column 'b' does not exist in table t; it has a\n"


def test_an_error_as_json_carries_its_facts(run: Run, command: Callable[..., None]) -> None:
    command("from expandcontract.errors import ColumnNotFoundError as C; raise C('t', 'b', ('a',))")

    outcome = run("greet-all", "--json")

    assert outcome.out == ""
    assert json.loads(outcome.err) == {
        "error": {
            "kind": "ColumnNotFoundError",
            "message": "column 'b' does not exist in table t; it has a",
            "exit_code": 2,
            "facts": {"table": "t", "column": "b", "columns": ["a"]},
        }
    }


def test_facts_are_masked_however_deep_they_stand() -> None:
    class OddError(ExpandContractError):
        def __init__(self) -> None:
            super().__init__()
            self.tried = [{"dsn": "postgresql://u:s3cret@h/d"}, ("password=s3cret", 1)]

    failure = failures.told(OddError(), [])

    assert failure.facts == {"tried": [{"dsn": "postgresql://u:***@h/d"}, ["password=***", 1]]}


def test_wrong_usage_is_json_too(run: Run) -> None:
    assert json.loads(run("nonsense", "--json").err)["error"]["exit_code"] == Exit.USAGE


def test_a_server_that_is_not_there_is_exit_3(run: Run, command: Callable[..., None]) -> None:
    command(
        "import psycopg; psycopg.connect('postgresql://u:s3cret@127.0.0.1:1/d', connect_timeout=2)"
    )

    outcome = run("greet-all", "--dsn", "postgresql://u:s3cret@127.0.0.1:1/d")

    assert outcome.code == Exit.DATABASE
    assert "the database was not reached" in outcome.err
    assert "127.0.0.1" in outcome.err
    assert "s3cret" not in outcome.err


def test_a_refusal_through_sqlalchemy_is_exit_3() -> None:
    refusal = psycopg.errors.InsufficientPrivilege("permission denied for table t")

    failure = failures.told(sqlalchemy.exc.ProgrammingError("SELECT", {}, refusal), ["status"])

    assert failure.exit_code == Exit.DATABASE
    assert "permission denied for table t (SQLSTATE 42501)" in failure.message
    assert "go on: ec status" in failure.message


def test_a_mistake_of_ours_is_said_and_shown_on_request(
    run: Run, command: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    command("return 1 / 0")

    outcome = run("greet-all")
    assert outcome.code == Exit.BUG
    assert "please report it" in outcome.err
    assert "Traceback" not in outcome.err

    assert "Traceback" in run("greet-all", "--traceback").err
    monkeypatch.setenv("EC_TRACEBACK", "1")
    assert "Traceback" in run("greet-all").err


def test_misuse_of_the_driver_is_a_mistake_of_ours() -> None:
    assert failures.told(psycopg.ProgrammingError("no results"), []).exit_code == Exit.BUG


def test_ctrl_c_is_exit_4_and_says_how_to_go_on(run: Run, command: Callable[..., None]) -> None:
    command("raise KeyboardInterrupt")

    outcome = run("greet-all", "--dsn", "postgresql://u:s3cret@h/d")

    assert outcome.code == Exit.STOPPED
    assert "to go on: ec greet-all --dsn postgresql://u:***@h/d" in outcome.err


def test_sigterm_is_ctrl_c(run: Run, command: Callable[..., None]) -> None:
    command("import os, signal; os.kill(os.getpid(), signal.SIGTERM)")

    assert run("greet-all").code == Exit.STOPPED


def test_errors_that_say_their_own_exit_code() -> None:
    class GateIsClosedError(ExpandContractError):
        exit_code = 1

    assert failures.told(GateIsClosedError("closed"), []).exit_code == Exit.FINDINGS


def test_colours_only_where_somebody_sees_them(run: Run, command: Callable[..., None]) -> None:
    command("from expandcontract.cli import output; output.say(output.good('done'))")

    assert run("greet-all").out == "done\n"


def test_no_color_wins_over_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    @click.command()
    @common
    def probe(common: Common) -> None:
        assert common == Common()
        assert click.get_current_context().color is False

    probe.main(["--no-color"], standalone_mode=False)
    monkeypatch.setenv("NO_COLOR", "1")
    probe.main([], standalone_mode=False)


def test_without_arguments_ec_shows_its_help(run: Run) -> None:
    outcome = run()

    assert outcome.code == Exit.DONE
    assert outcome.out.startswith("Usage: ec")


def test_every_command_is_named_after_its_file() -> None:
    context = click.Context(cli.ec)

    for name in cli.ec.list_commands(context):
        command = cli.ec.get_command(context, name)
        assert command is not None
        assert command.name == name
        assert command.help, f"ec {name} says nothing about itself"


def test_the_start_loads_no_driver_and_no_parser() -> None:
    script = (
        "import sys; from expandcontract import cli\n"
        "try: cli.main(['--version'])\n"
        "except SystemExit: pass\n"
        "heavy = {'sqlalchemy', 'psycopg', 'sqlglot', 'alembic', 'asyncio'} & set(sys.modules)\n"
        "sys.exit(', '.join(sorted(heavy)) or None)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False, env=os.environ
    )

    assert (done.returncode, done.stderr) == (0, "")


def test_phases_and_unknown_things_become_json() -> None:
    value = {"phase": Phase.SWITCH, "path": Path("a"), "error": ColumnNotFoundError("t", "c")}

    assert json.loads(output.as_json(value)) == {
        "phase": "switch",
        "path": "a",
        "error": "column 'c' does not exist in table t; it has ",
    }


def test_styles_do_not_move_columns(capsys: pytest.CaptureFixture[str]) -> None:
    output.say(output.table(["gate", "lag"], [[output.good("open"), 1.5], ["数", None]]))

    assert capsys.readouterr().out == "gate  lag\nopen  1.5\n数      -\n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a full disk at hand")
def test_a_full_disk_is_no_mistake_of_ours() -> None:
    program = "import sys; from expandcontract.cli import main; main(sys.argv[1:])"
    with Path("/dev/full").open("w") as full:
        ended = subprocess.run(
            [sys.executable, "-c", program, "rules"],
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )

    assert ended.returncode == Exit.USAGE
    assert b"the output cannot be written: No space left on device" in ended.stderr
