"""A constraint goes; its way back proves it again, while everybody works."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import ClassVar

from expandcontract.changes._refusing import WITH_PARTITIONS, constraint_of, other_kind, refuse
from expandcontract.changes._steps import dropped_index_step
from expandcontract.changes.base import Labels
from expandcontract.ddl import constraints, indexes, probes
from expandcontract.errors import ConstraintNotFoundError
from expandcontract.model.catalog import Catalog, Constraint, ConstraintKind, Index, Table
from expandcontract.model.names import TableName, slug
from expandcontract.model.phase import Phase
from expandcontract.model.plan import Plan, Step
from expandcontract.model.probe import ALWAYS

PROVABLE = {ConstraintKind.CHECK, ConstraintKind.FOREIGN_KEY}


@dataclass(frozen=True, slots=True, kw_only=True)
class DropConstraint(Labels):
    """Drop a check, a foreign key or a unique constraint, so that new code need not keep to it.

    The revert adds it for new rows, and then proves it for the others; a unique constraint's index
    is built again concurrently.

    >>> DropConstraint(table="users", constraint="users_email_key").name
    'users.drop-users_email_key'
    """

    kind: ClassVar[str] = "drop_constraint"

    table: str
    constraint: str

    def __post_init__(self) -> None:
        Labels.__post_init__(self)
        if not self.name:
            table = TableName.parse(self.table)
            object.__setattr__(self, "name", slug(f"{table.plain}.drop-{self.constraint}"))

    @property
    def tables(self) -> tuple[TableName, ...]:
        """The table of the constraint."""
        return (TableName.parse(self.table),)

    def plan(self, catalog: Catalog) -> Plan:
        """One command, and the steps that lead back."""
        table = catalog.table(self.tables[0])
        constraint = constraint_of(table, self.constraint)
        if constraint is None:
            known = tuple(one.name for one in table.constraints)
            raise ConstraintNotFoundError(table.name.plain, self.constraint, known)
        index = next((i for i in table.indexes if i.constraint == constraint.name), None)
        refuse(f"dropping {constraint.name}", _refusals(table, constraint, index))
        make = _unique if index is not None else _provable
        return Plan(
            steps=tuple(make(table.name, constraint, index)),
            claims=((table.name.plain, f"constraint {constraint.name}"),),
            notes=("from expand on, nothing keeps rows from breaking it, old code's too",),
        )


def _refusals(table: Table, constraint: Constraint, index: Index | None) -> Iterator[str]:
    yield from other_kind(table, WITH_PARTITIONS)
    if constraint.kind is ConstraintKind.NOT_NULL:
        yield f"it is a NOT NULL: ec.DropNotNull(table={table.name.plain!r}, column=…)"
    elif constraint.kind not in {*PROVABLE, ConstraintKind.UNIQUE}:
        yield f"a {constraint.kind} cannot be made again while the table is in use"
    elif index is not None and table.kind != "ordinary":
        yield f"{table.name.plain} is partitioned: its index cannot be built concurrently again"
    for role in () if index is None else index.roles:
        yield f"the table was given {role} on it; give it to another index first"


def _dropped(table: TableName, constraint: Constraint) -> Step:
    exists = probes.constraint_exists(table, constraint.name)
    return Step(
        name=f"drop {constraint.name}",
        phase=Phase.EXPAND,
        summary=f"{table.plain} is not held to {constraint.name} any more",
        done=~exists,
        statements=(constraints.drop(table, constraint.name),),
    )


def _back(title: str, summary: str) -> Step:
    """A step that does nothing forwards."""
    return Step(name=title, phase=Phase.EXPAND, summary=summary, done=ALWAYS)


def _provable(table: TableName, constraint: Constraint, _: Index | None) -> Iterator[Step]:
    name = constraint.name
    dropped, exists = _dropped(table, constraint), probes.constraint_exists(table, name)
    definition = constraint.definition.removesuffix(" NOT VALID")
    comment = (
        ()
        if constraint.comment is None
        else (constraints.comment(table, name, constraint.comment),)
    )
    added = (constraints.add_not_valid(table, name, definition), *comment)
    if not constraint.valid:
        yield replace(dropped, revert=added, reverted=exists)
        return
    validated = (constraints.validate(table, name),)
    yield replace(dropped, revert=validated, reverted=probes.constraint_is_valid(table, name))
    back = _back(f"way back {name}", f"its revert holds new rows to {name}")
    yield replace(back, revert=added, reverted=exists)


def _unique(table: TableName, constraint: Constraint, index: Index | None) -> Iterator[Step]:
    if index is None:
        raise AssertionError
    name = constraint.name
    exists = probes.constraint_exists(table, name)
    timing = "DEFERRABLE" * constraint.deferrable + " INITIALLY DEFERRED" * constraint.deferred
    attached = [constraints.add_unique_using(table, name, index.name, timing)]
    if constraint.comment is not None:
        attached.append(constraints.comment(table, name, constraint.comment))
    if index.comment is not None:
        attached.append(indexes.comment(table, index.name, index.comment))
    yield replace(_dropped(table, constraint), revert=tuple(attached), reverted=exists)
    gone = dropped_index_step(table, Phase.EXPAND, index.name)
    back = _back(f"way back {name}: index", f"its revert builds the index of {name}")
    yield replace(
        back,
        revert=(indexes.create_concurrently(table, replace(index, constraint=None)),),
        reverted=probes.index_is_valid(table, index.name),
        running=gone.running,
    )


KIND = DropConstraint
