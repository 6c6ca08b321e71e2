"""The projects of `examples/` go up, down and up again; the first does in the default run."""

import pytest

from tests.lint.test_marked_lines import NAMES, forwards_and_back


@pytest.mark.parametrize("name", NAMES[1:])
def test_the_projects_run_forwards_and_back(name: str, dsn: str) -> None:
    forwards_and_back(name, dsn)
