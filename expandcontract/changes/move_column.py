"""A column moves to another table while old code still uses it where it was."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import ClassVar

from expandcontract.changes import _crossing
from expandcontract.changes._crossing import Passage
from expandcontract.changes._passing_refusals import late_triggers, passing_refusals
from expandcontract.changes._written_anew import written_anew
from expandcontract.changes.base import Labels
from expandcontract.ddl import columns, probes
from expandcontract.errors import ChangeRefusedError
from expandcontract.model.catalog import Catalog, Column, Index, Table, TableKind
from expandcontract.model.names import (
    SYSTEM_COLUMNS,
    TableName,
    refuse_too_long,
    short_hash,
    slug,
)
from expandcontract.model.phase import Phase
from expandcontract.model.plan import Plan, Step


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveColumn(Labels):
    """Move a column to the table `to`, whose `key` columns hold the primary key of the first.

    `new` is its name there, if it is to be another one. A row that is missing there is made when it
    gets a value. `leaves` names the indexes that end with the column.

    >>> MoveColumn(table="users", column="bio", to="profiles", key=("user_id",)).name
    'users.bio-to-profiles.bio'
    """

    kind: ClassVar[str] = "move_column"

    table: str
    column: str
    to: str
    key: tuple[str, ...]
    new: str = ""
    leaves: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        Labels.__post_init__(self)
        for field in ("key", "leaves"):
            value = getattr(self, field)
            object.__setattr__(self, field, (value,) if isinstance(value, str) else tuple(value))
        refuse_too_long(self.column)
        table, to = self.tables
        if self.new:
            refuse_too_long(self.new)
        if table == to:
            reason = "both tables are the same; use ec.RenameColumn"
            raise ChangeRefusedError(f"the move of {table.plain}.{self.column}", (reason,))
        if not self.name:
            named = f"{table.plain}.{self.column}-to-{to.plain}.{self.new or self.column}"
            object.__setattr__(self, "name", slug(named))

    @property
    def tables(self) -> tuple[TableName, ...]:
        """Where the column is, and where it goes."""
        return TableName.parse(self.table), TableName.parse(self.to)

    def plan(self, catalog: Catalog) -> Plan:
        """New column, triggers on both tables, copy, authority, and the old column dropped."""
        table, target = (catalog.table(name) for name in self.tables)
        column = table.column(self.column)
        reasons = [
            *passing_refusals(table, (column,), self.leaves),
            *self._refusals(table, target),
        ]
        key, target_key = table.key(), target.key()
        if reasons or key is None or target_key is None:
            what = f"the move of {table.name.plain}.{self.column} to {target.name.plain}"
            raise ChangeRefusedError(what, tuple(reasons))
        walked = tuple(k.column or "" for k in target_key.keys)
        passage = Passage(
            source=table,
            target=target.name,
            key=short_hash(self.name, table.name.plain),
            columns=((column, self.new or self.column),),
            match=tuple(zip((k.column or "" for k in key.keys), self.key, strict=True)),
            target_key=tuple((name, target.column(name).type) for name in walked),
            owns_rows=False,
            leaves=self.leaves,
        )
        name = self.new or self.column
        steps = (_column_step(passage, column, name), _crossing.sync_step(passage))
        plan = _crossing.plan(passage, steps, (target.name.plain, name))
        return replace(plan, trials=(*plan.trials, *written_anew(target, column.type)))

    def _refusals(self, table: Table, target: Table) -> Iterator[str]:
        name, new = target.name.plain, self.new or self.column
        if target.kind is not TableKind.ORDINARY or target.inherits:
            yield f"{name} is not a plain table of its own; only such ones can be done"
        if (found := target.find(new)) is not None:
            yield f"{name}.{new} exists already (as {found.type}); drop it, or give another name"
        if new in SYSTEM_COLUMNS:
            yield f"every table has a system column {new} already; give another name"
        if target.row_security:
            yield f"{name} has row security, which may hide rows from the triggers' owner"
        yield from late_triggers(target)
        yield from _not_found_by(table, target, self.key)
        for column in target.columns:
            if _must_be_given(column) and column.name not in self.key:
                yield (
                    f"{name}.{column.name} is NOT NULL without a default, so a row that is missing "
                    "there cannot be made; give it a default first"
                )


def _not_found_by(table: Table, target: Table, held: tuple[str, ...]) -> Iterator[str]:
    """Why the target's row cannot be found by the source's key."""
    name = target.name.plain
    if target.key() is None:
        yield f"{name} has no primary key, which the way back needs to walk along"
    columns = {target.column(column).name for column in held}
    waiting = {constraint.name for constraint in target.constraints if constraint.deferrable}
    at_once = [index for index in target.indexes if index.constraint not in waiting]
    if not any(_holds_once(index, columns) for index in at_once):
        yield (
            f"no unique index of {name} is on ({', '.join(held)}), by which a row could be found; "
            "add one first"
        )
    key = table.key()
    if key is not None:
        yield from _unlike(table, target, tuple(k.column or "" for k in key.keys), held)


def _holds_once(index: Index, held: set[str]) -> bool:
    """Whether an index makes the key's holders unique, so that ON CONFLICT can use it."""
    return (
        index.unique
        and index.valid
        and index.predicate is None
        and {key.column for key in index.keys} == held
    )


def _unlike(
    table: Table, target: Table, names: tuple[str, ...], held: tuple[str, ...]
) -> Iterator[str]:
    if len(names) != len(held):
        yield (
            f"the key of {table.name.plain} is ({', '.join(names)}): name as many columns of "
            f"{target.name.plain}"
        )
        return
    for name, holder in zip(names, held, strict=True):
        types = table.column(name).type, target.column(holder).type
        if types[0] != types[1]:
            yield (
                f"{target.name.plain}.{holder} is {types[1]}, but the {name} that it holds is "
                f"{types[0]}; give both one type first (ec.ChangeType)"
            )


def _must_be_given(column: Column) -> bool:
    free = column.default is None and not column.identity and not column.generated
    return column.not_null and free


def _column_step(passage: Passage, column: Column, name: str) -> Step:
    target = passage.target
    return Step(
        name="column",
        phase=Phase.EXPAND,
        summary=f"{target.plain}.{name} stands",
        done=passage.finished | probes.column_exists(target, name),
        statements=(columns.add(target, name, column), *columns.properties(target, name, column)),
        revert=(columns.drop(target, name),),
        reverted=~probes.column_exists(target, name),
    )


KIND = MoveColumn
