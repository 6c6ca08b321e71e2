"""The migrations of our example are written as we tell others to write theirs.

What is said of the other projects, which show what there is to say, is in `test_marked_lines`.
"""

from pathlib import Path

import pytest

from expandcontract.cli.lint_revisions import judged
from expandcontract.lint.options import Options

EXAMPLES = Path(__file__).parents[2] / "examples"
PROJECTS = [EXAMPLES / "alembic_project"]


@pytest.mark.parametrize("project", PROJECTS, ids=lambda project: project.name)
def test_the_revisions_of_an_example_lint_clean(project: Path) -> None:
    reports = list(judged(project, Options(major=15), lambda _path: True, None))

    said = [f"{one.path}:{f.line}: {f.message}" for one in reports for f in one.findings]
    assert said == []
    assert {Path(one.path).stem for one in reports} == {
        path.stem for path in project.glob("*/versions/*.py")
    }
    assert [one.path for one in reports if one.unread] == []
