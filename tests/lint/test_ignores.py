"""Comments that silence a finding, and what is said of those that do not."""

import pytest

from expandcontract.lint.linter import Options, Source, judge, lint

INDEX = "CREATE INDEX i ON t (a);"


def found(sql: str, today: str | None = None) -> list[tuple[str, int]]:
    report = judge([Source(text=sql)], Options(today=today))
    return [(finding.rule, finding.line) for finding in report.findings]


@pytest.mark.parametrize(
    "sql",
    [
        f"-- ec: ignore[EC101] small\n{INDEX}",
        f"--ec:ignore[EC101] small\n\n{INDEX}",
        f"{INDEX} -- ec: ignore[EC101] small",
        "CREATE INDEX i -- ec: ignore[EC101] small\n ON t (a);",
        f"-- ec: ignore[index-not-concurrent] small\n{INDEX}",
        f"-- ec: ignore[EC101, EC412] small\n{INDEX}",
        f"# ec: ignore[EC101] small\n{INDEX}".replace("# ", "-- # "),
        f"/* ec: no */ -- ec: ignore[EC101]: small\n{INDEX}",
    ],
)
def test_a_reason_silences_the_statement_it_stands_on_or_above(sql: str) -> None:
    assert ("EC101", 1) not in found(sql)
    assert ("EC101", 2) not in found(sql)


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        (f"-- ec: ignore[EC101]\n{INDEX}", [("EC002", 1), ("EC101", 2)]),
        (f"-- ec: ignore\n{INDEX}", [("EC004", 1), ("EC101", 2)]),
        (f"-- ec: ignore[EC1] small\n{INDEX}", [("EC004", 1), ("EC101", 2)]),
        (f"-- ec: ignore[EC102] small\n{INDEX}", [("EC003", 1), ("EC101", 2)]),
        (f"{INDEX}\n-- ec: ignore[EC101] small", [("EC101", 1), ("EC003", 2)]),
        (f"-- ec: ignore[EC101] small\nSELECT 1;\n{INDEX}", [("EC003", 1), ("EC101", 3)]),
        (f"SELECT '-- ec: ignore[EC101] small';\n{INDEX}", [("EC101", 2)]),
        ("-- ec: ignore[EC101] nothing follows", [("EC003", 1)]),
    ],
)
def test_an_ignore_that_silences_nothing_is_told(sql: str, expected: list[tuple[str, int]]) -> None:
    assert found(sql) == expected


def test_an_ignore_may_expire() -> None:
    sql = f"-- ec: ignore[EC101] until 2027-01-31: rebuilt at new year\n{INDEX}"

    assert found(sql, today="2027-01-31") == []
    assert found(sql, today="2027-02-01") == [("EC003", 1), ("EC101", 2)]


def test_the_same_statement_twice_needs_two_ignores() -> None:
    assert found(f"-- ec: ignore[EC101] small\n{INDEX}\n{INDEX}") == [("EC101", 3)]


def test_a_rule_that_is_off_is_not_told_as_unused() -> None:
    sql = f"-- ec: ignore[EC101] small\n{INDEX}"
    report = judge([Source(text=sql)], Options(ignore=("EC101",)))

    assert report.findings == ()


def test_what_stands_inside_a_do_block_is_ignored_from_outside() -> None:
    sql = f"-- ec: ignore[EC101] small\nDO $$ BEGIN {INDEX} END $$;"

    assert lint(sql, runner="autocommit").findings == ()
