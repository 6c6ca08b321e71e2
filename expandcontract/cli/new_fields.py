"""A change from words of the command line: `--table users --columns email`."""

import ast
import dataclasses
import re
from collections.abc import Iterator
from datetime import date
from typing import Any, get_args

import click

from expandcontract.changes._new_column import NewColumn
from expandcontract.changes._sql import Sql
from expandcontract.changes.base import Change
from expandcontract.changes.registry import kinds
from expandcontract.cli.new_sql import PARTS, statements
from expandcontract.errors import ArgumentError

_NAME = re.compile(r'"(?:[^"]|"")+"|[^\s"]+')
_NOT_NULL = re.compile(r"\bnot\s+null\b", re.IGNORECASE)
_DEFAULT = re.compile(r"\bdefault\b", re.IGNORECASE)
_QUOTED = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|(\$\w*\$).*?\1""", re.DOTALL)
_INNERMOST = re.compile(r"\([^()]*\)")


def made(kind: str, words: tuple[str, ...]) -> Change:
    """The change of a kind with fields from words, or an error that names the nearest ones."""
    cls = _kind(kind)
    types = {field.name: field.type for field in dataclasses.fields(cls)}  # type: ignore[arg-type]
    several = [name for name, kind in types.items() if kind == tuple[Sql, ...]]
    words_of_sql = {f"{name}_{part}": str for name in several for part in PARTS}
    pairs = list(_pairs(words, types | words_of_sql))
    given: dict[str, list[str]] = {}
    for name, text in pairs:
        if name in types and name not in several:
            given.setdefault(name, []).append(text)
    fields = {name: _value(name, types[name], texts) for name, texts in given.items()}
    fields |= {name: found for name in several if (found := statements(pairs, name))}
    missing = [f"--{_option(name)}" for name in _needed(cls) if name not in fields]
    if missing:
        raise click.UsageError(f"{_option(cls.kind)} needs {', '.join(missing)}")
    try:
        return cls(**fields)
    except ArgumentError as error:
        if error.argument in given:
            raise
        text = f"{_option(cls.kind)} needs --{_option(error.argument)}: {error.expected}"
        raise click.UsageError(text) from None


def _kind(word: str) -> type[Change]:
    known = {_option(kind): cls for kind, cls in kinds().items()}
    known |= {cls.__name__: cls for cls in kinds().values()}
    name = word if word in known else word.replace("_", "-")
    if name not in known:
        named = [_option(kind) for kind in kinds()] if word.islower() else list(known)
        raise click.UsageError(f"there is no kind {word!r}; {_near(name, named)}")
    return known[name]


def _pairs(words: tuple[str, ...], types: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Options with their values; a field of truth needs none."""
    rest = list(words)
    while rest:
        word, _, text = (first := rest.pop(0)).partition("=")
        name = word.removeprefix("--").replace("-", "_")
        if not first.startswith("--") or name not in types:
            options = [f"--{_option(one)}" for one in types]
            raise click.UsageError(f"{first!r} is no field of it; {_near(word, options)}")
        if "=" not in first:
            is_flag = types[name] is bool
            if not is_flag and not rest:
                raise click.UsageError(f"--{_option(name)} needs a value")
            text = "True" if is_flag else rest.pop(0)
        yield name, text


def _value(name: str, kind: Any, texts: list[str]) -> object:  # noqa: ANN401  # an annotation
    kinds_of_it = get_args(kind)
    if kind == tuple[str, ...]:
        return tuple(texts)
    text = texts[-1]
    try:
        if date in kinds_of_it:
            return date.fromisoformat(text)
        if NewColumn in kinds_of_it:
            return _column(text)
        return text if kind is str or str in kinds_of_it else ast.literal_eval(text)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError) as error:
        raise click.BadParameter(f"{text!r}: {error}", param_hint=f"--{_option(name)}") from None


def _column(text: str) -> NewColumn:
    """Read `age integer DEFAULT 0 NOT NULL`.

    >>> _column("age numeric(10, 2) not null default 0").type
    'numeric(10, 2)'
    """
    named = _NAME.match(text.strip())
    rest = "" if named is None else text.strip()[named.end() :]
    if named is None or not rest.strip():
        message = "write a name and a type: age integer DEFAULT 0 NOT NULL"
        raise ValueError(message)
    name = named[0]
    if name.startswith('"'):
        name = name[1:-1].replace('""', '"')
    if found := _search(_NOT_NULL, rest):
        rest = f"{rest[: found.start()]} {rest[found.end() :]}"
    given = _search(_DEFAULT, rest)
    return NewColumn(
        name=name,
        type=(rest if given is None else rest[: given.start()]).strip(),
        nullable=found is None,
        default=None if given is None else rest[given.end() :].strip(),
    )


def _search(words: re.Pattern[str], text: str) -> re.Match[str] | None:
    """Find words outside of quotes and parentheses."""
    hidden = _QUOTED.sub(lambda found: "x" * len(found[0]), text)
    while (inner := _INNERMOST.sub(lambda found: "x" * len(found[0]), hidden)) != hidden:
        hidden = inner
    return words.search(hidden)


def _needed(cls: type[Change]) -> Iterator[str]:
    for field in dataclasses.fields(cls):  # type: ignore[arg-type]
        if field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING:
            yield field.name


def _option(name: str) -> str:
    return name.replace("_", "-")


def _near(word: str, known: list[str]) -> str:
    import difflib  # noqa: PLC0415  when a name is wrong

    near = difflib.get_close_matches(word, known, n=1)
    return f"did you mean {near[0]}?" if near else f"known are {', '.join(sorted(known))}"
