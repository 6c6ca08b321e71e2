"""A column becomes several while old code still uses the one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from expandcontract.changes._reshaping import Wanted, reshaped, types_of
from expandcontract.changes.base import Labels
from expandcontract.errors import ArgumentError
from expandcontract.model.catalog import Catalog
from expandcontract.model.names import TableName, refuse_too_long, slug
from expandcontract.model.plan import Plan

News = tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitColumn(Labels):
    """Split `old` into new columns, each with its type and the expression that makes it.

    `down` makes the old value from the new columns. Without it the change is one-way: the new
    columns are computed until the switch, and the contract is final.

    What hangs on the old column (indexes, checks, NOT NULL, views) is not carried to the new ones:
    the change is refused with a list until `leave` names each thing.

    >>> change = SplitColumn(
    ...     table="users",
    ...     old="full_name",
    ...     new={
    ...         "first": ("text", "split_part(full_name, ' ', 1)"),
    ...         "last": ("text", "split_part(full_name, ' ', 2)"),
    ...     },
    ...     down="first || ' ' || last",
    ... )
    >>> change.name, change.new[0]
    ('users.full_name-to-first-last', ('first', 'text', "split_part(full_name, ' ', 1)"))
    """

    kind: ClassVar[str] = "split_column"

    table: str
    old: str
    new: Mapping[str, tuple[str, str]] | News
    down: str = ""
    leave: tuple[str, ...] = ()  #: what hangs on the old column and is not carried
    lossy: bool = False  #: the author's word that values which do not come back are not needed
    strict: bool = False  #: refuse a write of both sides that disagrees

    def __post_init__(self) -> None:
        Labels.__post_init__(self)
        object.__setattr__(self, "leave", tuple(self.leave))
        object.__setattr__(self, "new", _read(self.new))
        for column in (self.old, *(name for name, _, _ in self._news)):
            refuse_too_long(column)
        if not self.name:
            names = "-".join(name for name, _, _ in self._news)
            table = TableName.parse(self.table)
            object.__setattr__(self, "name", slug(f"{table.plain}.{self.old}-to-{names}"))

    @property
    def _news(self) -> News:
        return tuple(self.new)  # type: ignore[arg-type]  # as __post_init__ leaves it

    @property
    def tables(self) -> tuple[TableName, ...]:
        """The table of the columns."""
        return (TableName.parse(self.table),)

    @property
    def types(self) -> tuple[str, ...]:
        """The types of the new columns."""
        return types_of(self._news)

    def plan(self, catalog: Catalog) -> Plan:
        """New columns, trigger, copy, authority, and one final transaction."""
        wanted = Wanted(
            change=self.name,
            what=f"the split of {self.tables[0].plain}.{self.old}",
            table=self.tables[0],
            olds=(self.old,),
            news=self._news,
            downs=((self.old, self.down),) if self.down else (),
            leave=self.leave,
            lossy=self.lossy,
            strict=self.strict,
        )
        return reshaped(wanted, catalog)


def _read(given: Any) -> News:  # noqa: ANN401  # whatever somebody wrote
    try:
        if isinstance(given, Mapping):
            given = [(name, *value) for name, value in given.items()]
        news = tuple((name, type_, up) for name, type_, up in given)
    except (TypeError, ValueError):
        news = ()
    if not news or not all(isinstance(text, str) and text for one in news for text in one):
        expected = 'names with type and expression: {"first": ("text", "lower(a)")}'
        raise ArgumentError("ec.SplitColumn", "new", given, expected)
    return news


KIND = SplitColumn
