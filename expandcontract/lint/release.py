"""What the running release maps: the JSON document that `ec snapshot` writes, as a value.

Without one nobody knows what the code uses, and the rules say what may break; with one they say
what does.
"""

import json
import re
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from typing import Any

from expandcontract.errors import ExpandContractError, NameNotReadError
from expandcontract.lint.finding import Certainty
from expandcontract.model.names import TableName, quoted
from expandcontract.model.value import field, value

VERSION = 1
"""Of the document's form."""

_DEFAULT_SCHEMA = "public"
_SIMPLE = re.compile(r"[^\s\".]+")


class ReleaseNotReadError(ExpandContractError):
    """A release file is not what `ec snapshot` writes."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    def __str__(self) -> str:
        return f"the release file cannot be read: {self.reason}; write it with `ec snapshot`"


class Use(StrEnum):
    """What the running release does with a table or a column."""

    MAPPED = "mapped"
    UNMAPPED = "unmapped"
    UNKNOWN = "unknown"  #: nobody told

    @property
    def certainty(self) -> Certainty:
        """How sure it is that taking it away breaks the release."""
        return Certainty.ASSUMED if self is Use.UNKNOWN else Certainty.PROVEN


@value(kw_only=True)
class MappedColumn:
    """A column as the release knows it."""

    name: str
    type: str
    required: bool  #: an INSERT has to name it: NOT NULL, and nothing fills it in
    default: str | None = None  #: who fills it in where an INSERT does not: `client` or `server`

    def document(self) -> dict[str, Any]:
        """The column as the file holds it."""
        return {"type": self.type, "required": self.required, "default": self.default}


@value
class Release:
    """Tables and columns that the running release maps; `given` where somebody told."""

    tables: Mapping[TableName, Mapping[str, MappedColumn]] = field(default_factory=dict)
    given: bool = True

    def table(self, name: TableName) -> Use:
        """Whether it maps the table."""
        if not self.given:
            return Use.UNKNOWN
        return Use.MAPPED if _full(name) in self.tables else Use.UNMAPPED

    def column(self, table: TableName, name: str) -> Use:
        """Whether it maps the column."""
        if not self.given:
            return Use.UNKNOWN
        return Use.UNMAPPED if self.find(table, name) is None else Use.MAPPED

    def find(self, table: TableName, name: str) -> MappedColumn | None:
        """The column, where it is mapped."""
        return self.tables.get(_full(table), {}).get(name)

    def document(self) -> str:
        """The file: sorted and one line for each column, so that a diff of it can be read."""
        tables = {
            _spelled(name): {column: columns[column].document() for column in sorted(columns)}
            for name, columns in sorted(self.tables.items(), key=lambda item: item[0].plain)
        }
        lines = ["{", f'  "version": {VERSION},', '  "tables": {']
        for at, (table, mapped) in enumerate(tables.items(), 1):
            lines.append(f"    {json.dumps(table)}: {{")
            rows = [f"      {json.dumps(c)}: {json.dumps(told)}" for c, told in mapped.items()]
            lines += [",\n".join(rows)] if rows else []
            lines.append("    }" + ("," if at < len(tables) else ""))
        return "\n".join([*lines, "  }", "}", ""])


NO_RELEASE = Release(given=False)
"""Nobody told what the running release maps."""


def _spelled(name: TableName) -> str:
    """The name as `TableName.parse` reads it."""
    parts = (name.name,) if name.schema is None else (name.schema, name.name)
    return ".".join(part if _SIMPLE.fullmatch(part) else quoted(part) for part in parts)


def _full(name: TableName) -> TableName:
    return name if name.schema else TableName(name.name, _DEFAULT_SCHEMA)


@cache
def release_of(text: str) -> Release:
    """The value of a document; an empty text is none."""
    return read(text) if text else NO_RELEASE


def read(text: str) -> Release:
    """The value of a document."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ReleaseNotReadError(f"it is not JSON ({error})") from None
    if not isinstance(document, dict) or document.get("version") != VERSION:
        raise ReleaseNotReadError(f'it has no `"version": {VERSION}`')
    try:
        return Release({_table(key): _columns(value) for key, value in document["tables"].items()})
    except (KeyError, TypeError, AttributeError, NameNotReadError) as error:
        raise ReleaseNotReadError(f"it does not tell tables and columns ({error})") from None


def _table(key: str) -> TableName:
    return _full(TableName.parse(key))


def _columns(document: dict[str, dict[str, Any]]) -> dict[str, MappedColumn]:
    return {
        name: MappedColumn(
            name=name, type=told["type"], required=told["required"], default=told["default"]
        )
        for name, told in document.items()
    }
