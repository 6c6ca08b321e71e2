"""What a look at the file names says about the house; the layers stand in pyproject.toml."""

import ast
from pathlib import Path

import pytest

import expandcontract
from expandcontract.changes.registry import kinds

ROOT = Path(__file__).parents[2]
MODULES = sorted((ROOT / "expandcontract").rglob("*.py"))
LONGEST = 300
# one entry after the other: nothing in them is read in a row
LISTS = {"expandcontract/lint/mysql/operations.py"}
SAYS_NOTHING = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "managers"}


def named(module: Path) -> str:
    return str(module.relative_to(ROOT))


@pytest.mark.parametrize("module", [m for m in MODULES if named(m) not in LISTS], ids=named)
def test_a_module_is_read_in_one_sitting(module: Path) -> None:
    lines = len(module.read_text("utf-8").splitlines())

    assert lines <= LONGEST, "name the two things in it, and give each a module"


@pytest.mark.parametrize("module", MODULES, ids=named)
def test_a_module_says_what_it_is_for(module: Path) -> None:
    assert ast.get_docstring(ast.parse(module.read_text("utf-8")))


def test_names_say_what_is_inside() -> None:
    inside = {
        part.removesuffix(".py") for module in MODULES for part in module.relative_to(ROOT).parts
    }

    assert inside & SAYS_NOTHING == set()


def test_every_folder_of_modules_is_a_package() -> None:
    folders = {module.parent for module in [*MODULES, *(ROOT / "tests").rglob("*.py")]}

    assert [str(folder) for folder in folders if not (folder / "__init__.py").exists()] == []


def test_every_change_kind_is_public() -> None:
    assert {kind.__name__ for kind in kinds().values()} <= set(expandcontract.__all__)
