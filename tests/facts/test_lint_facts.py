"""The labels of the linter's corpus, and its claims, are what the servers at hand do today."""

from tests.facts.lint_cases import Facts, chapters
from tests.facts.lint_claims import wrong
from tests.facts.lint_server import Outcome, measure_chapter, second_tablespace
from tests.support.databases import Databases


def test_a_server_does_what_the_labels_and_the_linter_say(
    each_major: int, databases: Databases
) -> None:
    with second_tablespace(databases):
        outcomes = [
            outcome
            for chapter in chapters()
            for outcome in measure_chapter(databases, chapter, each_major)
        ]

    found = [line for one in outcomes for line in _mislabelled(one, each_major)]
    found += [
        line for one in outcomes for line in wrong(one.chapter, one.case, each_major, one.facts)
    ]
    assert not found, "\n".join([f"{len(found)} labels or claims are wrong:", *found])


def _mislabelled(outcome: Outcome, major: int) -> list[str]:
    label = outcome.case.labels.get(major, Facts())
    if label == outcome.facts:
        return []
    return [f"{major}: {outcome.case.sql}\n      label {label}\n      does  {outcome.facts}"]
