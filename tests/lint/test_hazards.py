"""Of the example of each known hazard the linter says what its row says, and nothing else."""

import pytest

from expandcontract.lint.linter import Options, Runner, Source, judge
from expandcontract.lint.registry import entries
from tests.lint.hazards import PAGE, Hazard, hazards, page

OFF = {entry.rule.id for entry in entries() if not entry.rule.by_default}


def said(hazard: Hazard, select: tuple[str, ...] = ()) -> set[str]:
    options = Options(
        major=hazard.major, runner=Runner(hazard.runner), schema=hazard.given, select=select
    )
    report = judge([Source(text=hazard.sql)], options)
    return {finding.rule for finding in report.findings}


EXAMPLES = [one for one in hazards() if one.sql]


@pytest.mark.parametrize("hazard", EXAMPLES, ids=lambda hazard: hazard.name)
def test_the_linter_says_of_an_example_what_its_row_says(hazard: Hazard) -> None:
    assert said(hazard) == {*hazard.rules} - OFF

    for rule in OFF.intersection(hazard.rules):
        assert said(hazard, (rule,)) == {rule}


def test_a_row_without_an_example_has_a_reason() -> None:
    assert [one.name for one in hazards() if not one.sql and not one.why_none] == []


def test_the_names_of_hazards_are_used_once() -> None:
    names = [one.name for one in hazards()]

    assert len(set(names)) == len(names)


def test_the_page_is_made_of_the_catalogue() -> None:
    assert PAGE.read_text("utf-8") == page(), "run: python -m tests.lint.hazards"
