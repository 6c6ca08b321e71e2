"""A schema replayed from DDL text: what a linter may know without asking a server."""

from collections.abc import Iterable, Iterator
from typing import TypeVar

from expandcontract.lint.forms.objects import CreateRoutine
from expandcontract.lint.known import KnownConstraint, KnownIndex, KnownTable, KnownType
from expandcontract.lint.naming import made_up
from expandcontract.lint.spelling import ident, relation
from expandcontract.lint.types import TypeName
from expandcontract.model.kinds import ConstraintKind
from expandcontract.model.names import TableName
from expandcontract.model.value import field, replace, value

NOT_NULL_ROWS = 18
"""From this major on every NOT NULL is a constraint with a name of its own."""


_Item = TypeVar("_Item")
_named = tuple.__new__  #: what `TableName` itself calls; a key is made more often than anything

Routine = tuple[TableName, tuple[TypeName, ...]]
"""A function or procedure: its name, and the types of the parameters that a call gives."""

_NOTHING_BEFORE = KnownTable(name=TableName(""), spelled=TableName(""))


@value(frozen=False)
class History:
    """The schema as it stands after the statements applied so far.

    It is changed in place, because a dump of ten thousand tables is replayed statement by
    statement; `copy` is cheap and is what a transaction falls back to.
    """

    search_path: tuple[str, ...] = ("public",)
    tables: dict[TableName, KnownTable] = field(default_factory=dict)
    types: dict[TableName, KnownType] = field(default_factory=dict)
    routines: dict[str, str] = field(default_factory=dict)  #: name to volatility
    uncertain: set[TableName] = field(default_factory=set)
    fresh: set[TableName] = field(default_factory=set)  #: relations made by the judged text
    index_tables: dict[TableName, TableName] = field(default_factory=dict)
    below: dict[TableName, dict[TableName, None]] = field(default_factory=dict)  #: children
    published: set[TableName] = field(default_factory=set)
    signatures: dict[Routine, CreateRoutine] = field(default_factory=dict)
    all_published: bool = False
    hanging: dict[TableName, dict[TableName, None]] = field(default_factory=dict)
    """Relations that read a name or refer to it, or once did; `dependents` looks who still does."""
    born: dict[TableName, int] = field(default_factory=dict)  #: the order of `tables`
    major: int = 0  #: of the server whose catalog it shall become; 0 where that does not matter

    def copy(self) -> "History":
        """A state to come back to."""
        return History(
            self.search_path,
            dict(self.tables),
            dict(self.types),
            dict(self.routines),
            set(self.uncertain),
            set(self.fresh),
            dict(self.index_tables),
            {parent: dict(names) for parent, names in self.below.items()},
            set(self.published),
            dict(self.signatures),
            self.all_published,
            {name: dict(names) for name, names in self.hanging.items()},
            dict(self.born),
            self.major,
        )

    def key(self, name: TableName) -> TableName:
        """The name with its schema, along the search path."""
        if name[1] is not None:
            return name
        if len(self.search_path) == 1:
            return _named(TableName, (name[0], self.search_path[0]))
        for schema in self.search_path:
            candidate = TableName(name.name, schema)
            if candidate in self.tables or candidate in self.index_tables:
                return candidate
        return TableName(name.name, self.search_path[0])

    def new_key(self, name: TableName) -> TableName:
        """The name, with the schema in which what has none is made."""
        return name if name.schema is not None else TableName(name.name, self.search_path[0])

    def table(self, name: TableName) -> KnownTable | None:
        """The relation, if anything is known of it."""
        return self.tables.get(self.key(name))

    def type(self, name: str, schema: str | None) -> KnownType | None:
        """A type that the schema made."""
        for candidate in (schema,) if schema else self.search_path:
            if found := self.types.get(TableName(name, candidate)):
                return found
        return None

    def index(self, name: TableName) -> tuple[KnownTable, KnownIndex] | None:
        """An index and its table, if it is known."""
        key = self.key(name)
        table = self.tables.get(self.index_tables.get(key, key))
        index = table.index(name.name) if table else None
        return (table, index) if table and index else None

    def is_published(self, name: TableName) -> bool:
        """Whether a publication has the table."""
        return self.all_published or self.key(name) in self.published

    def is_fresh(self, name: TableName) -> bool:
        """Whether the judged text itself made the relation, so that nobody else can see it."""
        return bool(self.fresh) and self.key(name) in self.fresh

    def put(self, table: KnownTable) -> None:
        """Take a relation's new state."""
        if self.major >= NOT_NULL_ROWS:
            table = with_not_null_rows(table)
        name = table.name
        before = self.tables.get(name)
        if before is None:
            self.born[name] = next(reversed(self.born.values()), 0) + 1
            before = _NOTHING_BEFORE
        self.tables[name] = table
        if table.indexes is not before.indexes:
            self._link_indexes(name, before.indexes, table.indexes)
        if table.parent != before.parent or table.inherits != before.inherits:
            self._link_parents(name, _parents(before), _parents(table))
        hangs_on = [other for other, _ in _behind(before.reads, table.reads)]
        new = _behind(before.constraints, table.constraints)
        for other in (*hangs_on, *(one.parent for one in new if one.parent is not None)):
            self.hanging.setdefault(other, {})[name] = None

    def _link_parents(
        self, table: TableName, before: tuple[TableName, ...], after: tuple[TableName, ...]
    ) -> None:
        for parent in before:
            self.below.get(parent, {}).pop(table, None)
        for parent in after:
            self.below.setdefault(parent, {})[table] = None

    def _link_indexes(
        self, table: TableName, before: tuple[KnownIndex, ...], after: tuple[KnownIndex, ...]
    ) -> None:
        added = {index.name for index in _behind(before, after)}
        if len(added) + len(before) > len(after):
            had = {index.name for index in before}
            for name in had - added:
                self.index_tables.pop(TableName(name, table.schema), None)
            added -= had
        for name in added:
            self.index_tables[TableName(name, table.schema)] = table

    def _unlink(self, table: KnownTable) -> None:
        for index in table.indexes:
            self.index_tables.pop(TableName(index.name, table.name.schema), None)
        for parent in _parents(table):
            self.below.get(parent, {}).pop(table.name, None)
        self.born.pop(table.name, None)

    def forget(self, key: TableName) -> None:
        """Drop a relation and what points at it."""
        if gone := self.tables.pop(key, None):
            self._unlink(gone)
        self.uncertain.discard(key)
        self.fresh.discard(key)

    def children(self, parent: TableName) -> Iterator[KnownTable]:
        """Partitions and inheriting tables, one level down."""
        return (self.tables[name] for name in self.below.get(self.key(parent), ()))

    def descendants(self, parent: TableName) -> Iterator[KnownTable]:
        """Partitions and inheriting tables on all levels."""
        for child in self.children(parent):
            yield child
            yield from self.descendants(child.name)

    def referencing(self, parent: TableName) -> Iterator[KnownTable]:
        """Tables with a foreign key to this one."""
        key = self.key(parent)
        return (
            table
            for table in self._oldest_first(self.hanging.get(key, ()))
            if any(constraint.parent == key for constraint in table.constraints)
        )

    def dependents(self, key: TableName) -> list[KnownTable]:
        """Views, tables with a foreign key, partitions and heirs of a relation, oldest first.

        Where thousands are dropped or renamed, a look at all relations for each of them would take
        the square of their number.
        """
        names = {*self.hanging.get(key, ()), *self.below.get(key, ())}
        return [table for table in self._oldest_first(names) if _mentions(table, key)]

    def _oldest_first(self, names: Iterable[TableName]) -> list[KnownTable]:
        standing = sorted(self.tables.keys() & names, key=self.born.__getitem__)
        return [self.tables[name] for name in standing]

    def names_in_schema(self, schema: str | None) -> "NamesTaken":
        """Relation names that a made-up name must keep clear of."""
        return NamesTaken(self, schema)

    def rename(self, key: TableName, new: TableName) -> None:
        """Give a relation another name and follow it everywhere."""
        table = self.tables[key]
        was_fresh, was_uncertain = key in self.fresh, key in self.uncertain
        self.forget(key)
        self.put(replace(table, name=new, spelled=new))
        if was_fresh:
            self.fresh.add(new)
        if was_uncertain:
            self.uncertain.add(new)
        for other in self.dependents(key):
            self.put(_moved(other, key, new))

    def add_fresh(self, names: Iterable[TableName]) -> None:
        """Say that the judged text made these."""
        self.fresh.update(names)


def with_not_null_rows(table: KnownTable) -> KnownTable:
    """The table with one constraint for each NOT NULL, and none for what may be null."""
    required = {column.name for column in table.columns if column.not_null}
    kept = tuple(
        item
        for item in table.constraints
        if item.kind is not ConstraintKind.NOT_NULL or not item.valid or item.columns[0] in required
    )
    named = {item.columns[0] for item in kept if item.kind is ConstraintKind.NOT_NULL}
    taken = {item.name for item in kept}
    made = tuple(
        KnownConstraint(
            name=made_up(table.name.name, column.name, "not_null", taken),
            kind=ConstraintKind.NOT_NULL,
            columns=(column.name,),
            definition=f"NOT NULL {ident(column.name)}",
        )
        for column in table.columns
        if column.name in required - named
    )
    return (
        replace(table, constraints=(*kept, *made)) if made or kept != table.constraints else table
    )


def _pointing_at(key: KnownConstraint, parent: TableName) -> KnownConstraint:
    """A foreign key whose parent has another name now."""
    before = f"REFERENCES {relation(key.parent)}(" if key.parent else ""
    definition = key.definition.replace(before, f"REFERENCES {relation(parent)}(", 1)
    return replace(key, parent=parent, definition=definition)


@value
class NamesTaken:
    """The relation names of a schema, to be asked one by one."""

    history: History
    schema: str | None

    def __contains__(self, name: object) -> bool:
        key = TableName(str(name), self.schema)
        return key in self.history.tables or key in self.history.index_tables


def _behind(before: tuple[_Item, ...], after: tuple[_Item, ...]) -> tuple[_Item, ...]:
    """What came to a tuple that mostly grows at its end; all of it where it did not.

    The comparison is of the same objects, so that it takes no time to speak of.
    """
    if after is before:
        return ()
    count = len(before)
    return after[count:] if after[:count] == before else after


def _parents(table: KnownTable) -> tuple[TableName, ...]:
    return (*table.inherits, table.parent) if table.parent is not None else table.inherits


def _mentions(table: KnownTable, name: TableName) -> bool:
    """Whether a table hangs on another one."""
    return (
        table.parent == name
        or name in table.inherits
        or any(read == name for read, _ in table.reads)
        or any(item.parent == name for item in table.constraints)
    )


def _moved(table: KnownTable, old: TableName, new: TableName) -> KnownTable:
    """The table with every mention of one name replaced."""
    return replace(
        table,
        parent=new if table.parent == old else table.parent,
        inherits=tuple(new if name == old else name for name in table.inherits),
        reads=tuple((new if name == old else name, column) for name, column in table.reads),
        constraints=tuple(
            _pointing_at(item, new) if item.parent == old else item for item in table.constraints
        ),
    )
