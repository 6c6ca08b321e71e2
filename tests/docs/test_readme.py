import re
from importlib.metadata import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")
COMMANDS = [line for line in README.splitlines() if line.startswith("python3 -m venv")]


def test_there_are_two_commands_for_newcomers() -> None:
    demo, tests = COMMANDS

    assert demo.endswith(".venv/bin/ec demo")
    assert tests.endswith(".venv/bin/tox")


def test_ci_calls_the_commands_of_the_readme() -> None:
    script = (ROOT / ".ci" / "run").read_text("utf-8")

    assert COMMANDS[1] in script.splitlines()
    assert f'bash -c "{COMMANDS[0]}"' in script


@pytest.mark.parametrize("page", [README, (ROOT / "CONTRIBUTING.md").read_text("utf-8")])
def test_links_lead_somewhere(page: str) -> None:
    targets = re.findall(r"\]\((?!https?:)([^)#]+)", page)

    assert [target for target in targets if not (ROOT / target).exists()] == []


def test_the_package_says_which_pythons_and_which_licence() -> None:
    about = metadata("expandcontract")

    assert about["Requires-Python"] == ">=3.11"
    assert about["License-Expression"] == "Apache-2.0"
