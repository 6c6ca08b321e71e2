"""A new revision of an old project is judged alone; how fast is for `tox -e bench -- lint`."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.bench.lint import EC
from tests.bench.revision_corpus import write

NEW = """import sqlalchemy as sa
from alembic import op

revision = "new"
down_revision = "r0499"


def upgrade():
    op.create_index("ix_new", "t0", ["c"])
    op.drop_column("t248", "e")
    op.create_table("fresh", sa.Column("id", sa.BigInteger))
    op.create_index("ix_fresh", "fresh", ["id"])
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("project") / "alembic"
    files = write(folder, 500, statements=5)
    (folder / "expandcontract.toml").write_text("")
    return files


def lint(project: list[Path], *files: Path) -> dict[str, list[tuple[int, str, str]]]:
    """Line, rule and certainty of each finding, by file."""
    folder = project[0].parents[1]
    config = str(folder / "expandcontract.toml")
    words = [str(EC), "lint", "--format", "json", "--config", config, *map(str, files)]
    told = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False)
    assert told.returncode == 1, told.stderr
    return {
        Path(one["path"]).name: [
            (found["line"], found["rule"], found["certainty"]) for found in one["findings"]
        ]
        for one in json.loads(told.stdout)["files"]
    }


def test_one_of_five_hundred_is_told_as_it_is_among_all(project: list[Path]) -> None:
    among = lint(project)

    assert len(among) == len(project)
    for file in (project[251], project[-1]):
        assert lint(project, file) == {file.name: among[file.name]}


def test_a_new_one_is_judged_with_what_the_others_made(project: list[Path]) -> None:
    """`t0` and `t248` had stood before; what it makes itself may be indexed at will."""
    new = project[0].with_name("new.py")
    new.write_text(NEW)

    assert lint(project, new) == {
        "new.py": [(9, "EC101", "proven"), (10, "EC203", "assumed")],
    }
