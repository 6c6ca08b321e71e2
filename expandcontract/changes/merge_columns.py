"""Several columns become one while old code still uses them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from expandcontract.changes._reshaping import Wanted, reshaped
from expandcontract.changes.base import Labels
from expandcontract.errors import ArgumentError, ChangeRefusedError
from expandcontract.model.catalog import Catalog
from expandcontract.model.names import TableName, refuse_too_long, slug
from expandcontract.model.plan import Plan

Downs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeColumns(Labels):
    """Merge the `old` columns into `new`, which `up` makes of them.

    `down` says for each old column how it is made of the new one. Without it the change is
    one-way: the new column is computed until the switch, and the contract is final.

    What hangs on the old columns is not carried: the change is refused with a list until `leave`
    names each thing.

    >>> MergeColumns(
    ...     table="users",
    ...     old=("first", "last"),
    ...     new="full_name",
    ...     type="text",
    ...     up="first || ' ' || last",
    ...     down={"first": "split_part(full_name, ' ', 1)", "last": "substr(full_name, 9)"},
    ... ).name
    'users.first-last-to-full_name'
    """

    kind: ClassVar[str] = "merge_columns"

    table: str
    old: tuple[str, ...]
    new: str
    type: str
    up: str
    down: Mapping[str, str] | Downs = ()
    leave: tuple[str, ...] = ()  #: what hangs on the old columns and is not carried
    lossy: bool = False  #: the author's word that values which do not come back are not needed
    strict: bool = False  #: refuse a write of both sides that disagrees

    def __post_init__(self) -> None:
        Labels.__post_init__(self)
        object.__setattr__(self, "old", tuple(self.old))
        object.__setattr__(self, "leave", tuple(self.leave))
        object.__setattr__(self, "down", _read(self.down))
        for column in (*self.old, self.new):
            refuse_too_long(column)
        table = TableName.parse(self.table)
        if not self.name:
            name = slug(f"{table.plain}.{'-'.join(self.old)}-to-{self.new}")
            object.__setattr__(self, "name", name)
        given = tuple(name for name, _ in self._downs)
        if given and sorted(given) != sorted(self.old):
            reason = f"down= says how {', '.join(given)} is made; it has to name every old column"
            raise ChangeRefusedError(self._what, (reason,))

    @property
    def _downs(self) -> Downs:
        return tuple(self.down)  # type: ignore[arg-type]  # as __post_init__ leaves it

    @property
    def _what(self) -> str:
        return f"the merge of {self.tables[0].plain}.{', '.join(self.old)}"

    @property
    def tables(self) -> tuple[TableName, ...]:
        """The table of the columns."""
        return (TableName.parse(self.table),)

    @property
    def types(self) -> tuple[str, ...]:
        """The type of the new column."""
        return (self.type,)

    def plan(self, catalog: Catalog) -> Plan:
        """New column, trigger, copy, authority, and one final transaction."""
        downs = dict(self._downs)
        wanted = Wanted(
            change=self.name,
            what=self._what,
            table=self.tables[0],
            olds=self.old,
            news=((self.new, self.type, self.up),),
            downs=tuple((name, downs[name]) for name in self.old if name in downs),
            leave=self.leave,
            lossy=self.lossy,
            strict=self.strict,
        )
        return reshaped(wanted, catalog)


def _read(given: Any) -> Downs:  # noqa: ANN401  # whatever somebody wrote
    try:
        pairs = given.items() if isinstance(given, Mapping) else given
        downs = tuple((name, down) for name, down in pairs)
    except (TypeError, ValueError):
        downs = (("", ""),)
    if not all(isinstance(text, str) and text for pair in downs for text in pair):
        expected = 'an expression for each old column: {"first": "split_part(name, \' \', 1)"}'
        raise ArgumentError("ec.MergeColumns", "down", given, expected)
    return downs


KIND = MergeColumns
