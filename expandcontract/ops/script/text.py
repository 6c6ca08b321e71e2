"""The pieces of a script: DO blocks, and queries with their parameters written into them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from expandcontract.ddl.sync import literal_body
from expandcontract.model.names import literal

CHANGE = "ec_change"
"""The variable that holds the number of the change in every block."""

_PARAMETER = re.compile(r"%\((\w+)\)s|%%")


@dataclass(frozen=True, slots=True)
class Variable:
    """A name that stands in the text as it is, where a parameter would be a literal."""

    name: str


def inlined(query: str, params: Mapping[str, "str | Variable | None"]) -> str:
    """A query of the ledger for a script, without a semicolon.

    >>> inlined("SELECT %(a)s, %(b)s, 1 %% 2", {"a": "x", "b": Variable("y")})
    "SELECT 'x', y, 1 % 2"
    """

    def written(match: re.Match[str]) -> str:
        if match[0] == "%%":
            return "%"
        value = params[match[1]]
        if isinstance(value, Variable):
            return value.name
        return "NULL" if value is None else literal(value)

    lines = _PARAMETER.sub(written, query).strip().splitlines()
    return "\n".join(line.removeprefix("    ") for line in lines)


def do(body: str, declare: str = "") -> str:
    """An anonymous block."""
    head = f"DECLARE\n{declare}\n" if declare else ""
    block = literal_body(f"\n{head}BEGIN\n{body}\nEND\n")
    return f"DO {block};"


def commands(*sqls: str) -> str:
    """Commands one below the other."""
    return "\n".join(f"{sql};" for sql in sqls)


def fail(text: str, hint: str = "") -> str:
    """Stop the script."""
    said = literal(text.replace("%", "%%"))
    return f"RAISE EXCEPTION {said}" + (f" USING HINT = {literal(hint)}" if hint else "")


def when(condition: str, body: str) -> str:
    """A branch, without a semicolon."""
    return f"IF {condition} THEN\n{body}\nEND IF"
