"""What is known of a schema, as values: from DDL that was read, or from a Catalog.

`origin` is the catalog's own value, where there is one: it keeps what DDL does not say.
"""

from typing import TYPE_CHECKING

from expandcontract.lint.cursor import Expr
from expandcontract.lint.forms.index import Key
from expandcontract.lint.types import TypeName
from expandcontract.model.kinds import ConstraintKind, TableKind
from expandcontract.model.names import TableName
from expandcontract.model.value import field, replace, value

if TYPE_CHECKING:
    from expandcontract.model.catalog import Column, Constraint, Index, Table


@value(kw_only=True)
class KnownColumn:
    """A column; `type` is None where it came from a query or a parent that is not known."""

    name: str
    type: TypeName | None
    not_null: bool = False
    default: Expr | None = None
    default_text: str | None = None  #: as the server would spell it
    identity: str = ""
    generated: Expr | None = None
    stored: bool = False
    collation: str | None = None
    sequence: str | None = None
    comment: str | None = None
    origin: "Column | None" = field(default=None, compare=False)


@value(kw_only=True)
class KnownIndex:
    """An index; `constraint` is the one it belongs to."""

    name: str
    keys: tuple[Key, ...]
    unique: bool = False
    primary: bool = False
    method: str = "btree"
    include: tuple[str, ...] = ()
    where: Expr | None = None
    options: tuple[str, ...] = ()
    nulls_not_distinct: bool = False
    constraint: str | None = None
    only: bool = False  #: made ON ONLY a partitioned table: its partitions may have none
    origin: "Index | None" = field(default=None, compare=False)

    @property
    def columns(self) -> tuple[str, ...]:
        """The plain columns among its keys."""
        return tuple(key.column for key in self.keys if key.column is not None)

    def expression_names(self) -> frozenset[str]:
        """Names in its expressions and its predicate: what a change of type rebuilds it for."""
        found: frozenset[str] = frozenset()
        for key in self.keys:
            if key.expression is not None:
                found |= key.expression.names()
        return found | (self.where.names() if self.where is not None else frozenset())


@value(kw_only=True)
class KnownConstraint:
    """A constraint; `parent` is the other table of a foreign key, with its schema."""

    name: str
    kind: ConstraintKind
    columns: tuple[str, ...] = ()
    condition: Expr | None = None
    valid: bool = True
    enforced: bool = True
    parent: TableName | None = None
    parent_columns: tuple[str, ...] = ()
    definition: str = ""
    deferrable: bool = False
    deferred: bool = False
    origin: "Constraint | None" = field(default=None, compare=False)


class _Wide:
    """The columns of the wide table that was asked last, by name.

    A table gets its columns one by one and is a new value each time, so that a search through them
    all for each of them would take the square of their number.
    """

    def __init__(self) -> None:
        self._columns: tuple[KnownColumn, ...] = ()
        self._names: dict[str, KnownColumn] = {}

    def names(self, columns: tuple[KnownColumn, ...]) -> dict[str, KnownColumn]:
        """The columns by name."""
        if columns is not self._columns:
            self._columns, self._names = columns, {one.name: one for one in columns}
        return self._names

    def grown(self, before: tuple[KnownColumn, ...], after: tuple[KnownColumn, ...]) -> None:
        """The same columns, and one more behind them."""
        if before is self._columns:
            self._columns = after
            self._names[after[-1].name] = after[-1]


_WIDE = 64
_LAST = _Wide()


@value(kw_only=True)
class KnownTable:
    """A relation; `complete` says that nothing about it is missing."""

    name: TableName  #: always with its schema
    spelled: TableName  #: as the statement wrote it that made it
    kind: TableKind = TableKind.ORDINARY
    columns: tuple[KnownColumn, ...] = ()
    indexes: tuple[KnownIndex, ...] = ()
    constraints: tuple[KnownConstraint, ...] = ()
    triggers: tuple[str, ...] = ()
    parent: TableName | None = None  #: the partitioned table it is a partition of
    default_partition: bool = False
    inherits: tuple[TableName, ...] = ()
    materialized: bool = False
    temporary: bool = False
    unlogged: bool = False
    complete: bool = True
    guessed: bool = False  #: nobody saw it made; only what later statements said is known
    reads: tuple[tuple[TableName, str], ...] = ()  #: of a view: table and column
    output: tuple[str, ...] = ()  #: of a view: its columns, where the query tells them
    partition_key: tuple[str, ...] = ()
    origin: "Table | None" = field(default=None, compare=False)

    def find(self, column: str) -> KnownColumn | None:
        """The column of that name, if it is known."""
        columns = self.columns
        if len(columns) > _WIDE:
            return _LAST.names(columns).get(column)
        for item in columns:  # a loop, since this is asked more than anything else
            if item.name == column:
                return item
        return None

    def constraint(self, name: str) -> KnownConstraint | None:
        """The constraint of that name, if it is known."""
        return next((item for item in self.constraints if item.name == name), None)

    def index(self, name: str) -> KnownIndex | None:
        """The index of that name, if it is known."""
        return next((item for item in self.indexes if item.name == name), None)

    def with_column(self, column: KnownColumn) -> "KnownTable":
        """The table with this column in place of the one of its name, or added."""
        if self.find(column.name) is None:
            columns = (*self.columns, column)
            _LAST.grown(self.columns, columns)
            return replace(self, columns=columns)
        return replace(
            self,
            columns=tuple(column if c.name == column.name else c for c in self.columns),
        )

    @property
    def foreign_keys(self) -> tuple[KnownConstraint, ...]:
        """Its foreign keys."""
        return tuple(c for c in self.constraints if c.kind is ConstraintKind.FOREIGN_KEY)


@value(kw_only=True)
class KnownType:
    """A type that the schema made: enum, domain or another."""

    name: TableName
    kind: str
    base: TypeName | None = None
    constrained: bool = False
    labels: tuple[str, ...] = ()
