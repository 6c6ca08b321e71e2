"""The migrations of our examples are written as we tell others to write theirs."""

from pathlib import Path

import pytest

from expandcontract.cli.lint_revisions import judged
from expandcontract.lint.options import Options

EXAMPLES = Path(__file__).parents[2] / "examples"
PROJECTS = sorted(ini.parent for ini in EXAMPLES.rglob("alembic.ini"))


def test_there_are_examples() -> None:
    assert PROJECTS


@pytest.mark.parametrize("project", PROJECTS, ids=lambda project: project.name)
def test_the_revisions_of_an_example_lint_clean(project: Path) -> None:
    reports = list(judged(project, Options(major=15), lambda _path: True, None))

    said = [f"{one.path}:{f.line}: {f.message}" for one in reports for f in one.findings]
    assert said == []
    assert {Path(one.path).stem for one in reports} == {
        path.stem for path in project.glob("*/versions/*.py")
    }
    assert [one.path for one in reports if one.unread] == []
