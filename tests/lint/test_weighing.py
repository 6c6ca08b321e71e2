"""Sizes make a finding milder, or tell how bad it is."""

import pytest

from expandcontract.lint.finding import Severity
from expandcontract.lint.linter import judge
from expandcontract.lint.options import Options, Source


def judged(sql: str, **rows: int) -> list[tuple[Severity, str]]:
    sizes = tuple((f"public.{name}", count) for name, count in rows.items())
    report = judge([Source(text=sql)], Options(sizes=sizes))
    return [(finding.severity, finding.help.split(". ")[0]) for finding in report.findings]


INDEX = "CREATE INDEX i ON orders (a);"


@pytest.mark.parametrize(
    ("rows", "severity"),
    [(0, Severity.WARNING), (9_999, Severity.WARNING), (10_000, Severity.ERROR)],
)
def test_the_number_of_rows_decides(rows: int, severity: Severity) -> None:
    assert judged(INDEX, orders=rows) == [(severity, f"orders has about {rows:,} rows")]


def test_a_table_of_unknown_size_keeps_its_severity() -> None:
    [(severity, told)] = judged(INDEX, others=5)

    assert severity is Severity.ERROR
    assert "rows" not in told


def test_the_largest_table_counts() -> None:
    key = "ALTER TABLE orders ADD FOREIGN KEY (a) REFERENCES public.customers (id);"

    assert judged(key, orders=5, customers=5)[0][0] is Severity.WARNING
    assert judged(key, orders=5, customers=1_000_000)[0][0] is Severity.ERROR
    assert judged(key, orders=5)[0][0] is Severity.ERROR


def test_lost_data_is_lost_however_little_it_was() -> None:
    assert [severity for severity, _ in judged("DROP TABLE orders;", orders=5)] == [Severity.ERROR]
