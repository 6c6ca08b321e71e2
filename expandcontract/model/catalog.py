"""A frozen reading of the database: all that planning may know.

Definitions (types, defaults, predicates) are kept as the server spells them, so that two
readings can be compared as text.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from expandcontract.errors import ColumnNotFoundError, TableNotFoundError
from expandcontract.model.kinds import ConstraintKind, TableKind
from expandcontract.model.names import TableName
from expandcontract.model.types import Type, read

__all__ = [
    "Catalog",
    "Column",
    "Constraint",
    "ConstraintKind",
    "Dependent",
    "Index",
    "IndexKey",
    "Table",
    "TableKind",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sequence:
    """The sequence of an identity or serial column."""

    name: TableName
    type: str
    start: int
    increment: int
    minimum: int
    maximum: int
    cache: int
    cycles: bool
    comment: str | None = None
    privileges: tuple[str, ...] = ()  #: aclitems, its owner's left out


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column and everything that hangs on it alone."""

    name: str
    type: str  #: as `format_type` spells it: `character varying(50)`
    not_null: bool = False
    default: str | None = None
    default_is_constant: bool = True  #: two rows can be asked whether they "have the default"
    collation: str | None = None  #: quoted for SQL, only where it is not the type's own
    identity: str = ""  #: "", "always" or "by default"
    generated: str = ""  #: "", "stored" or "virtual"
    owned_sequence: str | None = None
    comment: str | None = None
    statistics: int | None = None
    storage: str | None = None  #: only where it is not the type's own
    compression: str | None = None
    options: tuple[str, ...] = ()
    privileges: tuple[str, ...] = ()  #: aclitems given on the column itself
    labels: tuple[tuple[str, str], ...] = ()  #: security labels, each with its provider
    sequence: Sequence | None = field(default=None, compare=False)
    equality_is_identity: bool = True  #: `=` means the same bytes: false for citext, numeric, json
    parents: int = 0  #: how many tables hand it on to this one
    is_local: bool = True  #: defined here too, and stays when the parent's goes

    @property
    def properties(self) -> dict[str, str]:
        """What can be changed on the column alone, where it is not at its default."""
        found = {
            "type": self.type,
            "collation": self.collation,
            "NOT NULL": "set" if self.not_null else None,
            "default": self.default,
            "comment": self.comment,
            "statistics target": self.statistics,
            "storage": self.storage,
            "compression": self.compression,
            "options": ", ".join(self.options),
            "privileges": ", ".join(self.privileges),
            "security labels": ", ".join(f"{who}: {label}" for who, label in self.labels),
        }
        return {name: str(value) for name, value in found.items() if value not in {None, ""}}


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexKey:
    """One key of an index: a plain column, or an expression."""

    column: str | None = None
    expression: str | None = None
    suffix: str = ""  #: collation, operator class and order where they differ from the default


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """An index, taken apart so that it can be written again on another column."""

    name: str
    keys: tuple[IndexKey, ...]
    method: str = "btree"
    unique: bool = False
    primary: bool = False
    valid: bool = True
    nulls_not_distinct: bool = False
    include: tuple[str, ...] = ()
    predicate: str | None = None
    options: tuple[str, ...] = ()  #: storage parameters: `fillfactor=70`
    tablespace: str | None = None
    constraint: str | None = None  #: the constraint that owns it
    comment: str | None = None
    columns: tuple[str, ...] = ()  #: every column it reads, in expressions and predicate too
    roles: tuple[str, ...] = ()  #: what it is to the table that another index would not be
    statistics: tuple[tuple[int, int], ...] = ()  #: targets of its keys, by their number
    parent: TableName | None = None  #: the index of the partitioned table that it is attached to
    usable_key: bool = False
    """Unique, valid, immediate, without predicate, all keys plain NOT NULL columns in ascending
    order: what a backfill can walk along."""

    @property
    def is_computed(self) -> bool:
        """Whether it has an expression or a predicate."""
        return self.predicate is not None or any(key.column is None for key in self.keys)


@dataclass(frozen=True, slots=True, kw_only=True)
class Constraint:
    """A constraint as `pg_get_constraintdef` spells it."""

    name: str
    kind: ConstraintKind
    columns: tuple[str, ...]
    definition: str
    valid: bool = True
    deferrable: bool = False
    deferred: bool = False
    comment: str | None = None
    inherited: bool = False  #: handed on by a parent, and goes with the parent's


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """A foreign key by which a table, itself or another, refers to this one."""

    table: TableName
    constraint: str
    columns: tuple[str, ...]
    to_columns: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dependent:
    """Something else that reads a column: a view, a policy, a trigger, a publication."""

    kind: str  #: `view`, `policy`, `trigger`, `foreign key`, …: as PostgreSQL describes it
    description: str
    column: str
    class_: str = ""  #: the catalog that lists it: `pg_policy`
    again: tuple[str, ...] = ()
    """The commands that make it read whatever column has the name then; empty: there are none."""
    drop: tuple[str, ...] = ()  #: where it has to go before a column of another type comes
    made: tuple[str, ...] = ()  #: how it is made after that, with all that it had
    columns: tuple[str, ...] = ()  #: a trigger's UPDATE OF


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A foreign key that points at the table."""

    table: TableName  #: whose it is
    name: str
    columns: tuple[str, ...]
    targets: tuple[str, ...]  #: the columns that it points at
    definition: str
    description: str
    valid: bool = True
    is_plain: bool = True  #: its table is no partition and has none
    comment: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table and all that planning a change on it needs."""

    name: TableName  #: always with its schema
    kind: TableKind = TableKind.ORDINARY
    columns: tuple[Column, ...] = ()
    indexes: tuple[Index, ...] = ()
    constraints: tuple[Constraint, ...] = ()
    dependents: tuple[Dependent, ...] = ()
    references: tuple[Reference, ...] = ()
    triggers: tuple[str, ...] = ()
    inherits: bool = False  #: is a partition or child, or has children without being partitioned
    is_partition: bool = False
    parents: tuple[TableName, ...] = ()  #: whose partition or child it is
    partition_key: tuple[str, ...] = ()  #: the columns by which rows find their partition
    parts: tuple["Table", ...] = ()  #: partitions and children at every level, parents first
    owner: str | None = None  #: None where nobody could be asked
    comment: str | None = None
    privileges: tuple[str, ...] = ()  #: aclitems of the table itself, its owner's left out
    row_security: bool = False
    publications: tuple[str, ...] = ()  #: that send its changes to subscribers
    referring: tuple[Incoming, ...] | None = None  #: None where nobody could be asked
    granted_sequences: tuple[str, ...] = ()  #: columns whose sequences have privileges of their own
    rows: int | None = None  #: the planner's estimate; None: never analysed
    bytes: int = 0
    options: tuple[str, ...] = ()  #: storage parameters: `fillfactor=70`, `toast.…`
    tablespace: str | None = None  #: None where it is the database's own

    @property
    def is_partitioned(self) -> bool:
        """Whether its rows are in partitions."""
        return self.kind is TableKind.PARTITIONED

    def column(self, name: str) -> Column:
        """The column of that name, or an error that names its nearest relatives."""
        if found := self.find(name):
            return found
        raise ColumnNotFoundError(self.name.plain, name, tuple(c.name for c in self.columns))

    def find(self, name: str) -> Column | None:
        """The column of that name, if the table has it."""
        return next((column for column in self.columns if column.name == name), None)

    def dependents_of(self, column: str) -> tuple[Dependent, ...]:
        """What outside the table's own indexes and constraints reads the column."""
        return tuple(item for item in self.dependents if item.column == column)

    def key(self) -> Index | None:
        """The index a backfill walks along: the primary key, else the narrowest usable one."""
        usable = [index for index in self.indexes if index.usable_key]
        return min(usable, key=lambda i: (not i.primary, len(i.keys), i.name), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class EnumType:
    """An enum, and everything that is of its type."""

    name: TableName
    labels: tuple[str, ...]
    comment: str | None = None
    uses: tuple[tuple[TableName, str], ...] = ()  #: columns of tables
    others: tuple[str, ...] = ()  #: functions, domains, composite types, readers with its values
    owner: str | None = None  #: where it is another role than the one that asks
    privileges: tuple[str, ...] | None = None  #: aclitems, its owner's left out; None: the default


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalog:
    """The tables that a change asked for, as one server shows them."""

    version: int  #: `server_version_num`: 150018
    tables: tuple[Table, ...] = ()
    search_path: tuple[str, ...] = ("public",)
    types: dict[str, Type] = field(default_factory=dict)  #: those that a change asks for
    enums: dict[str, EnumType] = field(default_factory=dict)  #: the same

    @property
    def major(self) -> int:
        """The major version: 15."""
        return self.version // 10000

    def table(self, wanted: TableName) -> Table:
        """The table of that name; one without a schema is looked up along the search path."""
        for candidate in self._candidates(wanted):
            for table in self.tables:
                if table.name == candidate:
                    return table
        raise TableNotFoundError(wanted.plain, self.search_path)

    def type(self, text: str) -> Type:
        """A type as the server spells it; where none was asked, as it would be."""
        return self.types.get(text) or read(text)

    def _candidates(self, wanted: TableName) -> Iterator[TableName]:
        if wanted.schema is not None:
            yield wanted
            return
        for schema in self.search_path:
            yield TableName(wanted.name, schema)
