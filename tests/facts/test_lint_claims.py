"""What the linter says of every labelled statement is what a server of each major once did."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.facts.lint_cases import FIRST, LAST, chapters, files, parse
from tests.facts.lint_claims import Claim, claim, differences, wrong
from tests.facts.lint_page import PAGE, page


@pytest.mark.parametrize("major", range(FIRST, LAST + 1))
def test_the_linter_says_what_the_server_did(major: int) -> None:
    found = [
        line
        for chapter in chapters()
        for case in chapter.cases
        if major in case.labels
        for line in wrong(chapter, case, major, case.labels[major])
    ]

    assert not found, "\n".join([f"{len(found)} claims are wrong:", *found])


def test_there_are_more_than_300_labelled_statements() -> None:
    cases = [case for chapter in chapters() for case in chapter.cases]

    assert all(case.labels for case in cases)
    assert len({case.sql for case in cases}) >= 300


def test_the_page_is_made_of_the_labels() -> None:
    assert PAGE.read_text("utf-8") == page(), "run: python -m tests.facts.renew_lint"


@pytest.mark.parametrize("path", files(), ids=lambda path: path.stem)
def test_a_file_is_spelled_as_it_is_read(path: Path) -> None:
    text = path.read_text("utf-8")

    assert "\n".join(map(str, parse(text))) == text


SETUP = "CREATE TABLE orders (id int PRIMARY KEY); CREATE TABLE other (id int)"
SEEN = Claim(locks={"orders": "ACCESS EXCLUSIVE"}, scans=frozenset({"orders"}))


@pytest.mark.parametrize(
    "planted",
    [
        replace(SEEN, locks={"orders": "SHARE"}),
        replace(SEEN, locks={}),
        replace(SEEN, locks={**SEEN.locks, "other": "SHARE"}),
        replace(SEEN, scans=frozenset()),
        replace(SEEN, rewrites=frozenset({"orders"})),
        replace(SEEN, builds=frozenset({"orders"})),
        replace(SEEN, transactional=False),
        replace(SEEN, fails="fails"),
        replace(SEEN, fails="unread"),
    ],
    ids=str,
)
def test_a_planted_wrong_claim_is_found(planted: Claim) -> None:
    right = claim("ALTER TABLE orders ADD CHECK (id > 0)", SETUP, 15)

    assert not list(differences(right, SEEN))
    assert list(differences(planted, SEEN))
