"""How the values of one side are computed from the other: for the trigger and for rows."""

from collections.abc import Iterable
from dataclasses import dataclass

from expandcontract.changes._rewriting import has_query, mentioned, replaced
from expandcontract.ddl.sides import ROW, differs, field
from expandcontract.model.names import quoted
from expandcontract.model.types import Type

_CUT_SILENTLY = frozenset({"character varying", "character", "bit varying", "bit"})
"""A cast to one of these with a length cuts a value off without an error."""

_NAME = quoted("zz_ec_row")


def cast_to(type_: Type) -> str:
    """The type of a cast that refuses what does not fit, as an assignment does.

    >>> from expandcontract.model.types import read
    >>> cast_to(read("varchar(5)")), cast_to(read("numeric(5)"))
    ('character varying', 'numeric(5,0)')
    """
    if type_.base in {"character varying", "bit varying"}:
        return type_.base + ("[]" if type_.is_array else "")
    return type_.spelled


def cuts(old: Type, new: Type) -> bool:
    """Whether a plain cast from one type to the other may cut values off without an error."""
    if new.base not in _CUT_SILENTLY or not new.modifiers or new.is_array:
        return False
    if old.base == new.base and old.modifiers:
        return _length(old) > _length(new)
    return True


def _length(type_: Type) -> int:
    return int(type_.modifiers.strip("()"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """What a column of one side must be: an expression over columns of the row.

    `names` are the columns that the expression may read, `text` is what the author wrote.
    """

    column: str
    type: Type
    text: str
    names: tuple[str, ...]
    is_ours: bool = False  #: not an author's: a name in it means a column of the row

    @property
    def read(self) -> frozenset[str]:
        """The columns that it reads."""
        return mentioned(self.text, self.names, folded=True)

    @property
    def of_row(self) -> str:
        """Over the columns of a query's row."""
        return self._over({name: quoted(name) for name in self.names})

    @property
    def of_new(self) -> str:
        """Over NEW, in the trigger.

        In a query a bare word may be a column of its own tables. There the server decides what it
        means, as it does for rows.
        """
        if not self.is_ours and has_query(self.text):
            return f"(SELECT {self.of_row} FROM {ROW} AS {_NAME})"
        return self._over({name: field("NEW", name) for name in self.names})

    def of(self, texts: dict[str, str]) -> str:
        """With other SQL in place of some columns: a default where the column was."""
        return self._over(texts)

    def _over(self, columns: dict[str, str]) -> str:
        text = replaced(self.text, columns, folded=True)
        return f"CAST(({text}) AS {cast_to(self.type)})"


@dataclass(frozen=True, slots=True)
class Copy:
    """A value that is another column's, as it is."""

    column: str
    source: str
    type: Type

    @property
    def read(self) -> frozenset[str]:
        """The column that it is."""
        return frozenset({self.source})

    @property
    def of_row(self) -> str:
        """Over the columns of a query's row."""
        return quoted(self.source)

    @property
    def of_new(self) -> str:
        """Over NEW, in the trigger."""
        return field("NEW", self.source)

    def of(self, texts: dict[str, str]) -> str:
        """With other SQL in its place."""
        return texts.get(self.source, self.of_row)


AnyValue = Value | Copy


def unlike(values: Iterable[tuple[AnyValue, bool]]) -> str:
    """Whether a column of the row is not what it must be; each with whether `=` is identity."""
    return " OR ".join(
        differs(quoted(value.column), value.of_row, equality_is_identity=is_identity)
        for value, is_identity in values
    )
