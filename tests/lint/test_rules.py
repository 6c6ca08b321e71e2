"""Every rule says what its page says; every rule has a page."""

import pytest

from expandcontract.lint.linter import Options, Runner, Source, judge
from expandcontract.lint.registry import Entry, entries
from expandcontract.lint.rule import Finding
from expandcontract.lint.selecting import Rules
from expandcontract.model.value import replace
from tests.facts.lint_cases import chapters


def found(entry: Entry, section: str, select: tuple[str, ...] = ()) -> tuple[Finding, ...]:
    options = Options(
        major=15,
        runner=Runner.AUTOCOMMIT,
        schema=entry.section("Given"),
        select=select,
        dialect=entry.rule.dialects[0],
        release=entry.section("Release"),
    )
    return judge([Source(text=entry.section(section))], options).findings


@pytest.mark.parametrize("entry", entries(), ids=lambda entry: entry.rule.id)
def test_a_rule_says_what_its_page_says(entry: Entry) -> None:
    select = () if entry.rule.by_default else (entry.rule.id,)
    said = [f.message for f in found(entry, "Bad", select) if f.rule == entry.rule.id]

    assert said == [" ".join(entry.section("Says").split())]


@pytest.mark.parametrize("entry", entries(), ids=lambda entry: entry.rule.id)
def test_what_a_page_advises_is_clean_by_every_rule(entry: Entry) -> None:
    good = entry.section("Good")

    assert good, "a page ends with what is right, or with `Good: none`"
    if good != "none":
        assert found(entry, "Good") == ()


@pytest.mark.parametrize("entry", entries(), ids=lambda entry: entry.rule.id)
def test_a_page_is_complete(entry: Entry) -> None:
    assert entry.summary.endswith(".")
    assert entry.why
    assert entry.section("Instead")


def test_ids_and_names_are_used_once() -> None:
    ids = [entry.rule.id for entry in entries()]
    names = [entry.rule.name for entry in entries()]

    assert len(set(ids)) == len(ids)
    assert len(set(names)) == len(names)


def test_a_rule_that_names_actions_has_nothing_to_say_of_others() -> None:
    """Asked about every ALTER TABLE of the corpus, it says what it says when asked about some."""
    named = [entry for entry in entries() if entry.rule.actions]
    asked_always = Rules([replace(one, rule=replace(one.rule, actions=())) for one in named])
    asked = Rules(named)
    found = 0
    for chapter in chapters():
        text = ";\n".join(case.sql.rstrip(";") for case in chapter.cases)
        options = Options(major=12, schema=chapter.setup)
        said = []
        for rules in (asked_always, asked):
            findings = judge([Source(text=text)], options, by=rules).findings
            said.append([(one.rule, one.line, one.message) for one in findings])
        assert said[0] == said[1]
        found += len(said[0])
    assert found > 300
