"""Statements from words of the command line: `--expand SQL --expand-done QUERY`, and so on.

What follows a statement belongs to it, so that a phase may be given several. `@FILE` stands for
what is in the file.
"""

import dataclasses
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from expandcontract.changes._sql import Sql

PARTS = tuple(item.name for item in dataclasses.fields(Sql) if item.name != "text")
"""What can be said of a statement."""


def statements(pairs: Iterable[tuple[str, str]], field: str) -> tuple[Sql, ...]:
    """The statements of one field, from all options in their order.

    >>> pairs = [("expand", "CREATE EXTENSION x"), ("expand_done", "SELECT true")]
    >>> [(one.text, one.done) for one in statements(pairs, "expand")]
    [('CREATE EXTENSION x', 'SELECT true')]
    """
    made: list[dict[str, Any]] = []
    for name, given in pairs:
        if name == field:
            made.append({"text": _text(given, name)})
            continue
        part = name.removeprefix(f"{field}_")
        if part == name or part not in PARTS:
            continue
        if not made:
            message = f"--{_option(name)} belongs behind the --{field} that it is about"
            raise click.UsageError(message)
        made[-1][part] = _truth(given, name) if part == "transactional" else _text(given, name)
    for one in made:
        if "done" not in one:
            message = (
                f"--{field} {one['text'][:40]!r} needs --{field}-done: a query that is true once "
                "it is done, so that it is never run twice"
            )
            raise click.UsageError(message)
    return tuple(Sql(**one) for one in made)


def _text(given: str, name: str) -> str:
    if not given.startswith("@"):
        return given
    try:
        return Path(given[1:]).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise click.BadParameter(f"{given}: {error}", param_hint=f"--{_option(name)}") from None


def _truth(given: str, name: str) -> bool:
    if given.lower() not in {"true", "false"}:
        raise click.BadParameter(f"{given!r}: true or false", param_hint=f"--{_option(name)}")
    return given.lower() == "true"


def _option(name: str) -> str:
    return name.replace("_", "-")
