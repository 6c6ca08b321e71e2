"""Three projects as users have them: each line that is marked is reported, and no other.

A mark is a comment at the end of a line: `# says: EC101`.
"""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"
NAMES = ("bookshop", "telemetry", "blog")
COMMANDS = {
    "bookshop": ("BOOKSHOP_URL", "psycopg", ["alembic"]),
    "telemetry": ("TELEMETRY_URL", "psycopg", ["alembic"]),
    "blog": ("BLOG_URL", "psycopg", ["flask", "db"]),
}
_MARK = re.compile(r"# says: (.*)$")
_CALL = re.compile(r"\b(?:op|batch_op)\.(\w+)\(|\bop\.(get_bind|get_context)\b")
KINDS = {
    *("create_table", "drop_table", "rename_table", "add_column", "drop_column", "alter_column"),
    *("create_index", "drop_index", "create_unique_constraint", "create_check_constraint"),
    *("create_foreign_key", "create_primary_key", "drop_constraint", "bulk_insert", "execute"),
    *("create_table_comment", "drop_table_comment", "create_exclude_constraint", "get_bind"),
    *("batch_alter_table", "create_entity", "drop_entity", "sync_enum_values", "get_context"),
    *("expand", "revert_expand"),
}


def run(name: str, *words: str, url: str = "") -> subprocess.CompletedProcess[str]:
    variable = COMMANDS[name][0]
    return subprocess.run(
        [sys.executable, "-P", "-m", *words],
        cwd=EXAMPLES / name,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", **({variable: url} if url else {})},
        capture_output=True,
        text=True,
        timeout=170,
        check=False,
    )


def files(name: str) -> dict[str, Path]:
    return {
        str(path.relative_to(EXAMPLES / name)): path
        for folder in ("migrations/versions", "migrations/late")
        for path in (EXAMPLES / name / folder).glob("*.py")
    }


def marked(path: Path) -> set[tuple[int, str]]:
    return {
        (number, rule)
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1)
        if (found := _MARK.search(line))
        for rule in found[1].split()
    }


@pytest.mark.parametrize("name", NAMES)
def test_every_line_that_is_marked_is_reported_and_no_other(name: str) -> None:
    done = run(name, "expandcontract", "lint", "--format", "json", "--pg-version", "15")
    assert (done.returncode, done.stderr) == (1, "")
    said = {
        file["path"]: {(finding["line"], finding["rule"]) for finding in file["findings"]}
        for file in json.loads(done.stdout)["files"]
    }

    assert said == {shown: marked(path) for shown, path in files(name).items()}
    assert len(said) >= 30


def test_the_projects_have_every_kind_of_operation() -> None:
    texts = (path.read_text("utf-8") for name in NAMES for path in files(name).values())
    called = {kind for text in texts for found in _CALL.findall(text) for kind in found}

    assert KINDS - called == set()


@pytest.mark.parametrize("name", NAMES[:1])
def test_the_projects_run_forwards_and_back(name: str, dsn: str) -> None:
    """The others in `tests.thorough`."""
    forwards_and_back(name, dsn)


def forwards_and_back(name: str, dsn: str) -> None:
    _, driver, command = COMMANDS[name]
    url = dsn.replace("postgresql://", f"postgresql+{driver}://")

    for words in (["upgrade", "head"], ["downgrade", "base"], ["upgrade", "head"]):
        done = run(name, *command, *words, url=url)
        assert done.returncode == 0, done.stderr[-3000:]
