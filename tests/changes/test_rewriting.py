"""An expression is written again for a column under another name, and nothing else changes."""

import pytest

from expandcontract.changes._rewriting import renamed


@pytest.mark.parametrize(
    ("column", "expression", "expected"),
    [
        ("a", "(a <> ''::text) AND (b > a)", '("Q" <> \'\'::text) AND (b > "Q")'),
        ("a", "((t).a = 'a'::text) OR (\"a\" IS NULL)", "((t).a = 'a'::text) OR (\"Q\" IS NULL)"),
        ("A", "((\"A\" || a) = 'A'::text)", "((\"Q\" || a) = 'A'::text)"),
        ("day", "(EXTRACT(day FROM day) > 1)", '(EXTRACT(day FROM "Q") > 1)'),
        ("day", "(SUBSTRING(day FROM 1) = 'day'::text)", "(SUBSTRING(\"Q\" FROM 1) = 'day'::text)"),
        ("day", "((day)::interval day to second)", '(("Q")::interval day to second)'),
        ("second", "(x)::interval day to second", "(x)::interval day to second"),
        (
            "time",
            '("time" > x::timestamp without time zone)',
            '("Q" > x::timestamp without time zone)',
        ),
        ("zone", "(zone = x::time with time zone)", '("Q" = x::time with time zone)'),
        ("varying", "((varying)::character varying)", '(("Q")::character varying)'),
        ("text", "(text = 'text'::text)", "(\"Q\" = 'text'::text)"),
        ("lower", "(lower(lower) = lower)", '(lower("Q") = "Q")'),
        ("public", "public.f(public, 'x'::public.mood)", "public.f(\"Q\", 'x'::public.mood)"),
        ("public", "(public OPERATOR(public.=) b)", '("Q" OPERATOR(public.=) b)'),
        ("c", '((c COLLATE c) > (c COLLATE "c"))', '(("Q" COLLATE c) > ("Q" COLLATE "c"))'),
        ("a", "(b = E'\\\\a''a')", "(b = E'\\\\a''a')"),
        ("a", "(ARRAY[a, 'a'::text])[a]", '(ARRAY["Q", \'a\'::text])["Q"]'),
        ('a"b', '("a""b" = 1)', '("Q" = 1)'),
    ],
)
def test_only_the_column_changes(column: str, expression: str, expected: str) -> None:
    assert renamed(expression, column, "Q") == expected
