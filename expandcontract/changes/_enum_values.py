"""The values of an enum that another takes the place of: maps, defaults, definitions."""

import re
from dataclasses import dataclass

from expandcontract.changes._carrying import helper
from expandcontract.changes._freshening import Types
from expandcontract.model.catalog import Column, EnumType
from expandcontract.model.names import TableName, literal, quoted
from expandcontract.model.types import Type

_ELEMENT = quoted("zz_ec_element")
_ELEMENTS = re.compile(r'"(?:[^"\\]|\\.)*"|[^{},"]+')
_CONSTANT = r"'(?P<label>(?:[^']|'')*)'::"


@dataclass(frozen=True, slots=True)
class EnumValues:
    """Which value becomes which, and back."""

    enum: EnumType
    labels: tuple[str, ...]  #: of the new type
    mapping: dict[str, str]  #: old values that are no longer, and what they become
    key: str

    @property
    def interim(self) -> TableName:
        """The new type before the exchange."""
        return TableName(helper(self.key, "type"), self.enum.name.schema)

    @property
    def tombstone(self) -> TableName:
        """The old type after it."""
        return TableName(helper(self.key, "was"), self.enum.name.schema)

    @property
    def forth(self) -> dict[str, str]:
        """What is not the same text on the new side."""
        return {old: new for old, new in self.mapping.items() if old in self.enum.labels}

    @property
    def merged(self) -> tuple[str, ...]:
        """Old values that another one becomes the same as."""
        made = {label: self.mapping.get(label, label) for label in self.enum.labels}
        return tuple(old for old, new in made.items() if [*made.values()].count(new) > 1)

    def is_merged(self, column: str) -> str:
        """Whether the column has one of those."""
        return f"{quoted(column)} IN ({', '.join(map(literal, self.merged))})"

    @property
    def back(self) -> dict[str, str]:
        """What is not the same text on the old side; of several old values the first."""
        made: dict[str, str] = {}
        for old in self.enum.labels:
            new = self.mapping.get(old)
            if new is not None and new not in self.enum.labels:
                made.setdefault(new, old)
        return made

    def expression(self, column: str, values: dict[str, str], *, is_array: bool) -> str:
        """The column with other values, as text or texts."""
        if not is_array:
            return _case(f"{quoted(column)}::text", values)
        elements = f"pg_catalog.unnest({quoted(column)}::text[]) AS {_ELEMENT}"
        made = f"ARRAY(SELECT {_case(_ELEMENT, values)} FROM {elements})"
        return f"CASE WHEN {quoted(column)} IS NOT NULL THEN {made} END"

    def counted(self, column: str, *, is_array: bool) -> str:
        """Over NEW: a write of a value that the new type does not have."""
        gone = ", ".join(literal(label) for label in self.forth)
        value = f"NEW.{quoted(column)}"
        if is_array:
            return f"{value}::text[] && ARRAY[{gone}]::text[]"
        return f"{value}::text IN ({gone})"

    def adapt(self, definition: str) -> str:
        """A definition with values of the new type where it had some of the old one."""
        spelled = re.escape(_spelled(self.enum.name))

        def moved(found: re.Match[str]) -> str:
            label = found["label"].replace("''", "'")
            return f"{literal(self.mapping.get(label, label))}::{self.interim}"

        def moved_array(found: re.Match[str]) -> str:
            elements = found["label"].replace("''", "'")
            return f"{literal(_ELEMENTS.sub(self._moved_element, elements))}::{spelled_array}"

        spelled_array = f"{_spelled(self.enum.name)}[]"
        made = re.sub(_CONSTANT + spelled + r"(?![\w\[])", moved, definition)
        made = re.sub(r"(?<!E)" + _CONSTANT + spelled + r"\[\]", moved_array, made)
        return re.sub(rf"::{spelled}\[\]", f"::{self.interim}[]", made)

    def _moved_element(self, found: re.Match[str]) -> str:
        """An element of an array's text; what becomes another value is always quoted."""
        text = found[0]
        label = re.sub(r"\\(.)", r"\1", text[1:-1]) if text.startswith('"') else text
        if label not in self.mapping or text.upper() == "NULL":
            return text
        escaped = re.sub(r'(["\\])', r"\\\1", self.mapping[label])
        return f'"{escaped}"'

    def after(self, column: Column) -> Types:
        """What the types of a column and of the one that is kept are called after contract."""
        is_array = column.type.endswith("[]")
        new, kept = (
            Type(base=str(name), is_array=is_array) for name in (self.enum.name, self.tombstone)
        )
        return Types(new, kept)

    def default(self, column: Column) -> str | None:
        """The default on the new type; None where there is none."""
        return None if column.default is None else self.adapt(column.default)


def _case(value: str, values: dict[str, str]) -> str:
    if not values:
        return value
    cases = " ".join(f"WHEN {literal(old)} THEN {literal(new)}" for old, new in values.items())
    return f"CASE {value} {cases} ELSE {value} END"


def _spelled(name: TableName) -> str:
    """As the server spells a type without a search path: quoted where it has to be."""

    def part(text: str) -> str:
        return text if re.fullmatch(r"[a-z_][a-z0-9_]*", text) else quoted(text)

    return f"{part(name.schema or '')}.{part(name.name)}"
