"""An old project is linted in seconds, and one new revision of it while one waits."""

from pathlib import Path

import pytest

from tests.bench.lint import EC, run
from tests.bench.programs import Run
from tests.bench.revision_corpus import write


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("project") / "alembic"
    files = write(folder, 500, statements=5)
    (folder / "expandcontract.toml").write_text("")
    return files


def lint(project: list[Path], *words: str) -> Run:
    """By the processor's time, since others work on the machine; half of it is starting up."""
    config = project[0].parents[1] / "expandcontract.toml"
    return run([str(EC), "lint", "--config", str(config), *words], project[0].parents[1])


def test_five_hundred_revisions_take_less_than_fifteen_seconds(project: list[Path]) -> None:
    assert lint(project).cpu < 15


def test_one_new_revision_takes_less_than_three_seconds(project: list[Path]) -> None:
    lint(project, str(project[-1]))  # what is compiled once is compiled now

    assert min(lint(project, str(project[-1])).cpu for _ in range(3)) < 3
