"""Twice the text, about twice the work: in calls of functions, which every machine counts alike."""

import sys
from collections.abc import Callable
from types import FrameType

import pytest

from expandcontract.lint.linter import Options, Source, judge

SIZE = 120
MOST = 2.6
"""The square would be four, once it has left the rest behind."""


def calls(text: str) -> int:
    """How often anything is called while a text is judged, C and Python alike."""
    count = 0

    def note(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        judge([Source(text=text)], Options(major=15))
    finally:
        sys.setprofile(before)
    return count


def each(form: str, size: int, between: str = "\n") -> str:
    return between.join(form.replace("%", str(number)) for number in range(size))


def tables(size: int) -> str:
    return each("CREATE TABLE t% (id int PRIMARY KEY, a int REFERENCES t0);", size)


CASES: dict[str, Callable[[int], str]] = {
    "drops of unknown tables": lambda n: each("DROP TABLE t% CASCADE;", n),
    "drops of known tables": lambda n: (
        each("CREATE TABLE t% (a int);", n) + each("DROP TABLE t% CASCADE;", n)
    ),
    "views, each on the one before": lambda n: (
        each("CREATE TABLE t% (a int);\nCREATE VIEW v% AS SELECT a FROM t%;", n)
        + each("DROP TABLE t% CASCADE;", n)
    ),
    "names": lambda n: tables(n) + each("ALTER TABLE t% RENAME TO u%;", n),
    "indexes of one table": lambda n: each("CREATE INDEX i% ON t (a);", n),
    "indexes that come and go": lambda n: (
        "CREATE TABLE t (a int);" + each("CREATE INDEX i% ON t (a);\nDROP INDEX i%;", n)
    ),
    "columns of one statement": lambda n: f"ALTER TABLE t {each('ADD c% int DEFAULT 0', n, ', ')};",
    "checks without names": lambda n: f"ALTER TABLE t {each('ADD CHECK (c% > 0)', n, ', ')};",
    "checks of one column without names": lambda n: (
        f"CREATE TABLE t (a int);\nALTER TABLE t {each('ADD CHECK (a > %)', n, ', ')};"
    ),
    "keys without names": lambda n: (
        f"ALTER TABLE t {each('ADD FOREIGN KEY (c%) REFERENCES p', n, ', ')};"
    ),
    "columns that go": lambda n: f"ALTER TABLE t {each('DROP c%', n, ', ')};",
    "named queries": lambda n: f"WITH {each('c% AS (SELECT * FROM t%)', n, ', ')} SELECT 1;",
    "validations": lambda n: (
        each("ALTER TABLE t ADD CONSTRAINT c% CHECK (a > %) NOT VALID;", n)
        + each("ALTER TABLE t VALIDATE CONSTRAINT c%;", n)
    ),
    "savepoints": lambda n: f"BEGIN;\n{each('SAVEPOINT s%;', n)}",
    "templates for statements": lambda n: each("{{ x% }};", n),
    "templates for statements on one line": lambda n: each("{{ x% }};", n, " "),
    "templates on lines of their own": lambda n: each("{{ x% }}", n) + "\nDROP TABLE t;",
    "templates before statements": lambda n: each("{{ x% }}\nDROP TABLE t%;", n),
    "templates in statements": lambda n: each("CREATE INDEX i% ON {{ t }} ({{ c% }});", n),
    "templates that hide a part": lambda n: each("ALTER TABLE t% {{ x }};", n),
    "updates": lambda n: each("UPDATE t SET a = % WHERE id = %;", n),
}


@pytest.mark.parametrize("case", CASES)
def test_the_work_grows_with_the_text(case: str) -> None:
    make = CASES[case]
    calls(make(10))  # what is imported and compiled once

    few, many = calls(make(SIZE)), calls(make(2 * SIZE))

    assert many / few < MOST


def test_the_square_would_be_seen() -> None:
    """Foreign keys to one table are all looked at when it is renamed: that is what was asked."""
    again = [
        calls(tables(size) + "ALTER TABLE t0 RENAME TO a;\nALTER TABLE a RENAME TO t0;\n" * size)
        for size in (30, 60)
    ]

    assert again[1] / again[0] > MOST
