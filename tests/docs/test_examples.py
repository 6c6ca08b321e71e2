"""Every Python block of the pages and every example in a docstring runs."""

import doctest
import importlib
import pkgutil
from pathlib import Path

import pytest
from sybil import Sybil
from sybil.parsers.markdown import PythonCodeBlockParser, SkipParser

import expandcontract

ROOT = Path(__file__).parents[2]
PAGES = sorted([*(ROOT / "docs").rglob("*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md"])
MODULES = sorted(
    module.name for module in pkgutil.walk_packages(expandcontract.__path__, "expandcontract.")
)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_python_of_a_page_runs(page: Path) -> None:
    sybil = Sybil(parsers=[PythonCodeBlockParser(), SkipParser()], path=str(page.parent))

    for example in sybil.parse(page):
        example.evaluate()


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_a_docstring_hold(name: str) -> None:
    results = doctest.testmod(importlib.import_module(name))

    assert results.failed == 0
