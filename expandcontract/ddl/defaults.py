"""Defaults that a trigger can evaluate once more."""

import re

_CONSTANT = re.compile(
    r"\(?(?P<value>NULL|true|false|-?\d+(\.\d+)?|E?'([^']|'')*')\)?(?P<cast>::[\w\" .()\[\],]+)?"
)
_MOMENT = (
    r"(now\(\)|(transaction|statement)_timestamp\(\)|CURRENT_DATE"
    r"|(CURRENT_TIME|CURRENT_TIMESTAMP|LOCALTIME|LOCALTIMESTAMP)(\(\d\))?)"
)
_REPEATABLE = re.compile(
    rf"\(?({_MOMENT}|timezone\('\w+'::text, {_MOMENT}\)|{_MOMENT} AT TIME ZONE '\w+'::text)\)?"
    r"(::(date|timestamp with(out)? time zone))?"
)


def repeatable(default: str | None) -> str | None:
    """A default that an INSERT's trigger can evaluate once more, or None where it would differ.

    A cast to a type without a length is left out: the assignment to the column does the same, and
    does not look for the type along a search path.

    >>> repeatable("'good'::mood"), repeatable("(0)::numeric(3,1)"), repeatable(None)
    ("'good'", '(0)::numeric(3,1)', 'NULL')
    >>> repeatable("now()"), repeatable("gen_random_uuid()")
    ('now()', None)
    """
    if default is None:
        return "NULL"
    if constant := _CONSTANT.fullmatch(default):
        has_length = "(" in (constant["cast"] or "")
        return default if has_length else constant["value"]
    return default if _REPEATABLE.fullmatch(default) else None
