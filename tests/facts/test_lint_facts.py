"""The labels of the linter's corpus are what the servers at hand do today.

`test_lint_claims.py` compares the linter with the labels, for all majors at once.
"""

import pytest

from tests.facts.lint_cases import Case, Chapter, Facts, chapters
from tests.facts.lint_server import measure_chapter, second_tablespace
from tests.support.databases import Databases


def mislabelled(databases: Databases, chapter: Chapter, major: int) -> list[str]:
    """Statements of which the label is not what the server does."""
    return [
        f"{major}: {one.case.sql}\n      label {label}\n      does  {one.facts}"
        for one in measure_chapter(databases, chapter, major)
        if (label := one.case.labels.get(major, Facts(fails="no label"))) != one.facts
    ]


@pytest.mark.pg(">= 12")
def test_a_server_does_what_the_labels_say(each_major: int, databases: Databases) -> None:
    with second_tablespace(databases):
        found = [
            line for chapter in chapters() for line in mislabelled(databases, chapter, each_major)
        ]

    assert not found, "\n".join([f"{len(found)} labels are wrong:", *found])


@pytest.mark.parametrize(
    ("sql", "label", "right"),
    [
        ("CREATE INDEX x ON orders (id)", "locks orders SHARE; scans orders; builds orders", True),
        ("CREATE INDEX x ON orders (id)", "locks orders SHARE; builds orders", False),
        (
            "CREATE INDEX CONCURRENTLY x ON orders (id)",
            "locks orders SHARE UPDATE EXCLUSIVE; scans orders; builds orders; no transaction",
            True,
        ),
        (
            "CREATE INDEX CONCURRENTLY x ON orders (id)",
            "locks orders SHARE; scans orders; builds orders; no transaction",
            False,
        ),
        ("ALTER TABLE orders DROP COLUMN x", "fails 42703", True),
        ("ALTER TABLE orders DROP COLUMN x", "locks orders ACCESS EXCLUSIVE", False),
    ],
)
def test_a_planted_wrong_label_is_found(
    databases: Databases, sql: str, label: str, *, right: bool
) -> None:
    major = databases.server.major
    case = Case(sql=sql, labels={major: Facts.read(label)})
    chapter = Chapter(title="", setup="CREATE TABLE orders (id int)", cases=(case,))

    assert (not mislabelled(databases, chapter, major)) is right
