"""A table gets a foreign key: for new rows at once, for the others after a look at them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from expandcontract.changes._foreign_keys import foreign_key_steps
from expandcontract.changes._offenders import orphans
from expandcontract.changes._refusing import WITH_PARTITIONS, other_kind, refuse, taken
from expandcontract.changes._texts import as_tuples
from expandcontract.changes._trees import spread, tree_refusals
from expandcontract.changes._trying_made import REFERRED, reference_trials
from expandcontract.changes.base import Labels
from expandcontract.errors import ArgumentError
from expandcontract.model.catalog import Catalog, Index, Table
from expandcontract.model.names import TableName, quoted, refuse_too_long, slug
from expandcontract.model.plan import Plan

ACTIONS = ("", "NO ACTION", "RESTRICT", "CASCADE", "SET NULL", "SET DEFAULT")
MATCHES = ("", "SIMPLE", "FULL")


@dataclass(frozen=True, slots=True, kw_only=True)
class AddForeignKey(Labels):
    """Let columns of a table refer to a row of another one.

    New rows are held to it from expand on; the switch looks at the others while reads and writes
    go on, and names some that refer to nothing. `constraint` is its name, by default that of the
    change, or the one that PostgreSQL would give; without `to_columns` it refers to the primary
    key.

    >>> AddForeignKey(table="orders", columns="user_id", to="users").constraint
    'orders_user_id_fkey'
    """

    kind: ClassVar[str] = "add_foreign_key"

    table: str
    columns: tuple[str, ...]
    to: str
    to_columns: tuple[str, ...] = ()
    constraint: str = ""
    on_delete: str = ""
    on_update: str = ""
    match: str = ""
    deferrable: bool = False
    initially_deferred: bool = False

    def __post_init__(self) -> None:
        Labels.__post_init__(self)
        as_tuples(self, "columns", "to_columns")
        for field, known in (("on_delete", ACTIONS), ("on_update", ACTIONS), ("match", MATCHES)):
            word = getattr(self, field).upper()
            if word not in known:
                expected = f"one of {', '.join(filter(None, known))}"
                raise ArgumentError("ec.AddForeignKey", field, getattr(self, field), expected)
            object.__setattr__(self, field, word)
        table = TableName.parse(self.table)
        if not self.constraint:
            name = self.name or f"{table.name}_{'_'.join(self.columns)}_fkey"
            object.__setattr__(self, "constraint", name)
        refuse_too_long(self.constraint)
        if not self.name:
            object.__setattr__(self, "name", slug(f"{table.plain}.key-{self.constraint}"))

    @property
    def tables(self) -> tuple[TableName, ...]:
        """The table that refers, and the one that it refers to."""
        return (TableName.parse(self.table), TableName.parse(self.to))

    def plan(self, catalog: Catalog) -> Plan:
        """The foreign key for new rows, and its proof for the others."""
        table, to = (catalog.table(name) for name in self.tables)
        theirs = self.to_columns or _primary(to)
        what = f"the foreign key {self.constraint} on {table.name.plain}"
        refuse(what, self._refusals(table, to, theirs))
        plan = Plan(
            steps=tuple(
                foreign_key_steps(
                    table,
                    self.constraint,
                    self._definition(to.name, theirs),
                    catalog.major,
                    offenders=orphans(table, self.columns, to.name, theirs),
                )
            ),
            claims=((table.name.plain, f"constraint {self.constraint}"),),
            notes=tuple(self._notes(table, to)),
            trials=tuple(
                reference_trials(
                    table,
                    to,
                    tuple(index for index in to.indexes if _holds(index, theirs)),
                    self.constraint,
                    self._definition(REFERRED, theirs),
                )
            ),
        )
        return spread(plan, table)

    def _definition(self, to: TableName, theirs: tuple[str, ...]) -> str:
        ours = ", ".join(quoted(column) for column in self.columns)
        text = f"FOREIGN KEY ({ours}) REFERENCES {to} ({', '.join(quoted(c) for c in theirs)})"
        words = {"MATCH": self.match, "ON UPDATE": self.on_update, "ON DELETE": self.on_delete}
        text += "".join(f" {word} {said}" for word, said in words.items() if said)
        if self.deferrable or self.initially_deferred:
            text += " DEFERRABLE"
        return text + " INITIALLY DEFERRED" * self.initially_deferred

    def _refusals(self, table: Table, to: Table, theirs: tuple[str, ...]) -> Iterator[str]:
        yield from other_kind(table, WITH_PARTITIONS, parts=True)
        yield from other_kind(to, WITH_PARTITIONS, parts=True)
        yield from tree_refusals(table)
        for one in (table, *table.parts):
            yield from taken(one, self.constraint)
        for one, names in ((table, self.columns), (to, theirs)):
            for name in names:
                one.column(name)
        if self.columns and to.parts and not to.is_partitioned:
            yield (
                f"{to.name.plain} has children, whose rows PostgreSQL would not find; point at one "
                "of the tables, or make it a partitioned one"
            )
        if not theirs:
            yield f"{to.name.plain} has no primary key; name the columns with to_columns="
        elif len(theirs) != len(self.columns):
            yield f"it has {len(self.columns)} columns and refers to {len(theirs)}"
        else:
            yield from _key_refusals(to, theirs)

    def _notes(self, table: Table, to: Table) -> Iterator[str]:
        yield "from expand on, old code too is held to it; it must not write other rows"
        yield (
            f"adding it locks {to.name.plain} too, in SHARE ROW EXCLUSIVE mode: its writers stop "
            "for a moment"
        )
        if not any(_leads(index, self.columns) for index in table.indexes):
            names = ", ".join(repr(column) for column in self.columns)
            yield (
                f"no index of {table.name.plain} begins with {', '.join(self.columns)}: each "
                f"DELETE in {to.name.plain} would look at every row; add one: ec.AddIndex(table="
                f"{self.table!r}, columns=({names},))"
            )


def _primary(table: Table) -> tuple[str, ...]:
    return tuple(k.column or "" for index in table.indexes if index.primary for k in index.keys)


def _key_refusals(to: Table, theirs: tuple[str, ...]) -> Iterator[str]:
    """Why nothing can refer to these columns."""
    keys, said = [index for index in to.indexes if _holds(index, theirs)], ", ".join(theirs)
    if not keys:
        yield f"{to.name.plain} has no unique constraint on {said}; add it first: ec.AddUnique"
    elif all(_may_wait(to, index) for index in keys):
        yield (
            f"the constraint of {to.name.plain} on {said} is DEFERRABLE, to which PostgreSQL lets "
            "nothing refer; add another: ec.AddUnique"
        )


def _holds(index: Index, columns: tuple[str, ...]) -> bool:
    """Whether the index is unique over just these columns."""
    keys = {key.column for key in index.keys}
    return index.unique and index.valid and index.predicate is None and keys == set(columns)


def _may_wait(table: Table, index: Index) -> bool:
    """Whether the constraint behind the index may be broken until the transaction ends."""
    return any(one.deferrable and one.name == index.constraint for one in table.constraints)


def _leads(index: Index, columns: tuple[str, ...]) -> bool:
    """Whether rows can be found by the columns through the index."""
    first = {key.column for key in index.keys[: len(columns)]}
    return index.predicate is None and first == set(columns)


KIND = AddForeignKey
