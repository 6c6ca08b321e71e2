"""Tables, lists and JSON: what a command prints, made as text and printed by `say`.

Styles are plain ANSI; `say` takes them away where standard output is no terminal or colours are
not wanted, so that nothing has to be decided before.
"""

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from enum import Enum
from typing import Any

import click

NUMBERS = (int, float)


def say(text: str = "") -> None:
    """Print a line on standard output."""
    click.echo(text)


def is_plain() -> bool:
    """Whether `say` takes styles away: whoever prints much need not put them in."""
    context = click.get_current_context(silent=True)
    wanted = context.color if context is not None else None
    return not (sys.stdout.isatty() if wanted is None else wanted)


def note(text: str) -> None:
    """Print a line on standard error: what is going on, not what was asked for."""
    click.echo(text, err=True)


def good(text: str) -> str:
    """Done, open, equal."""
    return click.style(text, fg="green")


def bad(text: str) -> str:
    """Failed, closed, different."""
    return click.style(text, fg="red", bold=True)


def careful(text: str) -> str:
    """Waiting, warned about."""
    return click.style(text, fg="yellow")


def strong(text: str) -> str:
    """A heading, a name."""
    return click.style(text, bold=True)


def dim(text: str) -> str:
    """What can be skipped when reading."""
    return click.style(text, dim=True)


def table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Columns under headings, numbers to the right; cells are one line each.

    >>> print(click.unstyle(table(["change", "rows"], [["rename", 12], ["index", 3]])))
    change  rows
    rename    12
    index      3
    """
    cells = [list(row) for row in rows]
    texts = [[_cell(value) for value in row] for row in cells]
    widths = [
        max([width(heading), *(width(row[at]) for row in texts)])
        for at, heading in enumerate(headings)
    ]
    right = [
        bool(cells) and all(isinstance(row[at], NUMBERS) or row[at] is None for row in cells)
        for at in range(len(headings))
    ]
    lines = [[strong(heading) for heading in headings], *texts]
    return "\n".join(_line(line, widths, right) for line in lines)


def pairs(items: Mapping[str, object]) -> str:
    """Names and values under each other.

    >>> print(click.unstyle(pairs({"phase": "expand", "owner": None})))
    phase  expand
    owner  -
    """
    longest = max((width(name) for name in items), default=0)
    return "\n".join(
        f"{strong(name)}{' ' * (longest - width(name))}  {_cell(value)}"
        for name, value in items.items()
    )


def as_json(value: object) -> str:
    """The value as JSON on one line; dataclasses, enums, paths and dates are understood."""
    return json.dumps(plain(value), ensure_ascii=False)


def plain(value: object) -> Any:  # noqa: ANN401, PLR0911  (any JSON value; one return a kind)
    """The value in the types that JSON has; what it does not know becomes its text.

    >>> from expandcontract.model.phase import Phase
    >>> plain({"phase": Phase.EXPAND, "tables": ("a", "b")})
    {'phase': 'expand', 'tables': ['a', 'b']}
    """
    match value:
        case Enum():
            return value.value if str(value) == str(value.value) else str(value)
        case None | bool() | int() | float() | str():
            return value
        case Mapping():
            return {str(plain(key)): plain(item) for key, item in value.items()}
        case AbstractSet():
            return sorted((plain(item) for item in value), key=str)
        case tuple() if hasattr(value, "_asdict"):
            return plain(value._asdict())
        case list() | tuple():
            return [plain(item) for item in value]
        case _ if hasattr(type(value), "__dataclass_fields__"):
            from dataclasses import fields  # noqa: PLC0415  takes time, and few commands ask

            told: Any = value
            return {f.name: plain(getattr(value, f.name)) for f in fields(told) if f.repr}
        case _:
            return str(value)


def width(text: str) -> int:
    """How many cells of a terminal the text takes; styles take none.

    >>> width("数"), width(strong("ab"))
    (2, 2)
    """
    text = click.unstyle(text)
    if text.isascii():
        return len(text)
    import unicodedata  # noqa: PLC0415  takes time, and few texts need it

    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )


def shortened(text: str, columns: int) -> str:
    """As much of a line without styles as fits into so many cells.

    >>> shortened("users", 9), shortened("数据库", 5)
    ('users', '数据')
    """
    text = text[: max(0, columns)]
    while width(text) > columns:
        text = text[:-1]
    return text


def _cell(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}"
    return " ".join(str(value).split("\n"))


def _line(texts: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> str:
    padded = [
        " " * (wide - width(text)) + text if flush else text + " " * (wide - width(text))
        for text, wide, flush in zip(texts, widths, right, strict=True)
    ]
    return "  ".join(padded).rstrip()
