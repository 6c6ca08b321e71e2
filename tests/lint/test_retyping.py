"""Which changes of type write a table anew, and what is said where the old type is unknown."""

import pytest

from expandcontract.lint.linter import lint
from expandcontract.lint.rule import Severity

SCHEMA = """
    CREATE TYPE mood AS ENUM ('good');
    CREATE DOMAIN plain AS varchar(5);
    CREATE DOMAIN strict AS text CHECK (VALUE <> '');
    CREATE TABLE t ({type});
"""


def severities(old: str | None, new: str) -> list[Severity]:
    schema = SCHEMA.format(type=f"a {old}" if old else "b int")
    sql = f"ALTER TABLE t ALTER COLUMN a TYPE {new};"
    report = lint(sql, schema=schema, runner="autocommit")
    return [finding.severity for finding in report.findings if finding.rule == "EC108"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("varchar(5)", "varchar(5)"), ("varchar(5)", "plain"), ("plain", "varchar(9)"),
        ("plain", "text"), ("text", "citext"), ("int", "oid"), ("bit varying", "varbit"),
        ("numeric(5)", "numeric(9)"), ("strict", "text"), ("mood", "mood"),
        ("text", "text USING a"), ("varchar(5)", "text USING a::text"),
        ("interval(2)", "interval(4)"), ("timestamptz(2)", "timestamptz"),
    ],
)  # fmt: skip
def test_a_change_that_keeps_every_value_is_free(old: str, new: str) -> None:
    assert severities(old, new) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("varchar(9)", "plain"), ("text", "strict"), ("mood", "text"), ("text", "mood"),
        ("int", "text"), ("uuid", "text"), ("numeric", "numeric(9, 2)"), ("int[]", "bigint[]"),
        ("varchar(5)", "text USING a || 'x'"), ("text", "text[]"), ("json", "jsonb"),
        ("bit(3)", "bit(5)"),
    ],
)  # fmt: skip
def test_any_other_change_writes_the_table_anew(old: str, new: str) -> None:
    assert severities(old, new) == [Severity.ERROR]


def test_an_unknown_old_type_makes_it_a_condition() -> None:
    assert severities(None, "text") == [Severity.WARNING]
    assert severities(None, "varchar(9)") == [Severity.WARNING]


def test_some_new_types_rewrite_whatever_the_old_one_was() -> None:
    assert severities(None, "bigint") == [Severity.ERROR]
    assert severities(None, "jsonb") == [Severity.ERROR]
    assert severities(None, "strict") == [Severity.ERROR]
    assert severities(None, "text USING lower(a)") == [Severity.ERROR]
