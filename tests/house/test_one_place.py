"""One new file is a change kind, a lint rule, a throttle signal or a command, and nothing else.

Each test copies the package, writes one file into the copy, and looks at what the copy then does
by itself. The files are also the examples of how such a thing is written.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

import expandcontract

ROOT = Path(__file__).parents[2]
PACKAGE = Path(expandcontract.__file__).parent
EC = "import sys; from expandcontract.cli import main; main(sys.argv[1:])"
Run = Callable[..., str]

CHANGE_KIND = '''
"""A table says what it is for."""

from dataclasses import dataclass
from typing import ClassVar

from expandcontract.changes.base import Labels
from expandcontract.model.catalog import Catalog
from expandcontract.model.lock import Lock
from expandcontract.model.names import TableName, literal, slug
from expandcontract.model.phase import Phase
from expandcontract.model.plan import Plan, Step
from expandcontract.model.probe import Probe
from expandcontract.model.statement import Statement


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentTable(Labels):
    """Put a comment on a table."""

    kind: ClassVar[str] = "comment_table"

    table: str
    text: str

    def __post_init__(self):
        if not self.name:
            object.__setattr__(self, "name", slug(f"{self.tables[0].plain}.comment"))

    @property
    def tables(self):
        return (TableName.parse(self.table),)

    @property
    def claims(self):
        return ((self.tables[0], "comment"),)

    @property
    def supplies(self):
        return ()

    def plan(self, catalog: Catalog) -> Plan:
        table = catalog.table(self.tables[0]).name
        said = Probe(
            "pg_catalog.obj_description(pg_catalog.to_regclass(%(table)s), 'pg_class')"
            " IS NOT DISTINCT FROM %(text)s",
            {"table": str(table), "text": self.text},
        )
        statement = Statement(
            sql=f"COMMENT ON TABLE {table} IS {literal(self.text)}",
            table=table,
            lock=Lock.SHARE_UPDATE_EXCLUSIVE,
        )
        return Plan(
            steps=(
                Step(
                    name="comment",
                    phase=Phase.EXPAND,
                    summary=f"{table.plain} says what it is for",
                    done=said,
                    statements=(statement,),
                    revert=(Statement(sql=f"COMMENT ON TABLE {table} IS NULL", table=table),),
                    reverted=~said,
                ),
            )
        )


KIND = CommentTable
'''

RULE = '''
"""A table is locked by hand.

Everybody queues behind the lock until the transaction ends.

Bad:

    LOCK TABLE users;

Says:

    the table is locked by hand

Instead:

    Leave locking to the statements that need it.

Good: none
"""

from expandcontract.lint.forms.maintenance import LockTable
from expandcontract.lint.rule import Hit, Rule, Severity
from expandcontract.model.hazard import Hazard


def check(_node, _read, _context):
    yield Hit(message="the table is locked by hand")


RULE = Rule(
    id="EC199",
    name="locked-by-hand",
    severity=Severity.ERROR,
    hazard=Hazard.BLOCKS_READS,
    nodes=(LockTable,),
    check=check,
)
'''

SIGNAL = '''
"""How many sessions there are."""

from expandcontract.pacing.units import Unit
from expandcontract.signals.base import Signal


def start(watch):
    def read(session):
        count = session.rows("SELECT count(*) FROM pg_catalog.pg_stat_activity")[0][0]
        return [watch.reading(count)]

    return read


SIGNAL = Signal(
    name="sessions", unit=Unit.COUNT, default=None, summary="all sessions", start=start
)
'''

COMMAND = '''
"""Says hello."""

import click

from expandcontract.cli import output
from expandcontract.cli.options import Common, common


@click.command()
@click.argument("name")
@common
def greet(name: str, common: Common) -> None:
    """Greet somebody by NAME."""
    output.say(output.as_json({"hello": name}) if common.json else f"hello {name}")


COMMAND = greet
'''


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Compiled modules and all: they stay valid, since copies keep their times."""
    shutil.copytree(PACKAGE, tmp_path / "expandcontract")
    shutil.copytree(ROOT / "docs", tmp_path / "docs", ignore=shutil.ignore_patterns("_build"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


@pytest.fixture
def python(copy: Path) -> Run:
    """Runs a script in the copy, and gives back what it printed."""

    def run(script: str, *words: str, code: int = 0) -> str:
        done = subprocess.run(
            [sys.executable, "-c", script, *words],
            cwd=copy,
            env={**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": ""},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == code, done.stderr
        return done.stdout

    return run


def page(copy: Path, python: Run, name: str) -> str:
    python("import runpy; runpy.run_path('docs/generate.py', run_name='__main__')")
    return (copy / "docs" / "reference" / f"{name}.md").read_text("utf-8")


def test_a_change_kind_is_one_file(
    copy: Path, python: Run, dsn: str, connection: psycopg.Connection
) -> None:
    (copy / "expandcontract" / "changes" / "comment_table.py").write_text(CHANGE_KIND)
    connection.execute("CREATE TABLE users (id int)")
    script = """
import sys
import expandcontract as ec
from expandcontract.changes.registry import kinds

change = kinds()["comment_table"](table="users", text="who may log in")
print(ec.apply(sys.argv[1], change, ec.Phase.EXPAND).name)
"""

    assert python(script, dsn) == "users.comment\n"
    [(comment,)] = connection.execute("SELECT obj_description('users'::regclass)").fetchall()
    assert comment == "who may log in"
    assert "users.comment" in python(EC, "status", "--dsn", dsn)
    assert "## CommentTable\n\nA table says what it is for." in page(copy, python, "changes")


def test_a_lint_rule_is_one_file(copy: Path, python: Run) -> None:
    (copy / "expandcontract" / "lint" / "rules" / "locked_by_hand.py").write_text(RULE)
    (copy / "a.sql").write_text("LOCK TABLE users;\n")

    found = python(EC, "lint", "a.sql", "--select", "locked-by-hand", code=1)
    assert "EC199" in found
    assert "the table is locked by hand" in found
    assert "Everybody queues behind the lock" in python(EC, "explain", "EC199")
    assert "locked-by-hand" in python(EC, "rules")
    assert "## EC199 locked-by-hand\n\nA table is locked by hand." in page(copy, python, "rules")


def test_a_signal_is_one_file(copy: Path, python: Run) -> None:
    (copy / "expandcontract" / "signals" / "sessions.py").write_text(SIGNAL)

    assert "| `sessions` | all sessions | when asked for | nothing |" in page(
        copy, python, "signals"
    )


def test_a_command_is_one_file(copy: Path, python: Run) -> None:
    (copy / "expandcontract" / "cli" / "greet.py").write_text(COMMAND)

    assert python(EC, "greet", "world") == "hello world\n"
    assert python(EC, "greet", "world", "--json") == '{"hello": "world"}\n'
    assert "Greet somebody by NAME." in python(EC, "--help")
    assert "## ec greet\n\n```text\nec greet [OPTIONS] NAME\n```" in page(copy, python, "cli")
