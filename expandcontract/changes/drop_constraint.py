"""A constraint goes; its way back proves it again, while everybody works."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import ClassVar

from expandcontract.changes._carrying import is_of_periods
from expandcontract.changes._index_tree import IndexTree, attached_names
from expandcontract.changes._offenders import breaking, duplicates
from expandcontract.changes._refusing import WITH_PARTITIONS, constraint_of, other_kind, refuse
from expandcontract.changes._trees import spread, tree_refusals
from expandcontract.changes._unique import definition
from expandcontract.changes.base import Labels
from expandcontract.ddl import constraints, indexes, probes
from expandcontract.errors import ConstraintNotFoundError
from expandcontract.model.catalog import Catalog, Constraint, ConstraintKind, Index, Table
from expandcontract.model.names import TableName, slug
from expandcontract.model.phase import Phase
from expandcontract.model.plan import Plan, Step
from expandcontract.model.probe import ALWAYS
from expandcontract.model.statement import Statement

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
        steps = _provable(table, constraint)
        if index is not None:
            make = _unique_of_all if table.is_partitioned else _unique
            steps = make(table, constraint, index)
        plan = Plan(
            steps=tuple(steps),
            claims=((table.name.plain, f"constraint {constraint.name}"),),
            notes=("from expand on, nothing keeps rows from breaking it, old code's too",),
        )
        return spread(plan, table)


def _refusals(table: Table, constraint: Constraint, index: Index | None) -> Iterator[str]:
    yield from other_kind(table, WITH_PARTITIONS, parts=True)
    yield from tree_refusals(table)
    if constraint.kind is ConstraintKind.NOT_NULL:
        yield f"it is a NOT NULL: ec.DropNotNull(table={table.name.plain!r}, column=…)"
    elif constraint.kind not in {*PROVABLE, ConstraintKind.UNIQUE} or is_of_periods(constraint):
        yield f"a {constraint.kind} cannot be made again while the table is in use"
    elif constraint.inherited:
        of = ", ".join(parent.plain for parent in table.parents)
        yield f"{constraint.name} is inherited from {of}; drop it there"
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


def _back(title: str, summary: str, offenders: str = "") -> Step:
    """A step that does nothing forwards."""
    phase = Phase.EXPAND
    return Step(name=title, phase=phase, summary=summary, done=ALWAYS, offenders=offenders)


def _provable(whole: Table, constraint: Constraint) -> Iterator[Step]:
    name, table = constraint.name, whole.name
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
    validated, sample = (constraints.validate(table, name),), breaking(whole, constraint)
    is_valid = probes.constraint_is_valid(table, name)
    yield replace(dropped, revert=validated, reverted=is_valid, offenders=sample)
    back = _back(f"way back {name}", f"its revert holds new rows to {name}", sample)
    yield replace(back, revert=added, reverted=exists)


def _unique_of_all(table: Table, constraint: Constraint, index: Index) -> Iterator[Step]:
    """Of a partitioned table: dropped from all at once, and built again part by part."""
    timing = "DEFERRABLE" * constraint.deferrable + " INITIALLY DEFERRED" * constraint.deferred
    tree = IndexTree(
        root=table,
        phase=Phase.EXPAND,
        index=index,
        constraint=definition("UNIQUE", index),
        timing=timing,
        names=attached_names(table, index),
    )
    yield _dropped(table.name, constraint)
    first, *others = tree.steps()
    comments = _comments(table.name, constraint, index)
    first = replace(first, statements=(*first.statements, *comments))
    for step in reversed((first, *others)):
        back = _back(f"way back {step.name}", f"its revert: {step.summary}")
        yield replace(
            back,
            revert=step.statements,
            reverted=step.done,
            running=step.running,
            further_back=step.further,
            offenders=step.offenders if step.further else "",
        )


def _comments(table: TableName, constraint: Constraint, index: Index) -> Iterator[Statement]:
    if constraint.comment is not None:
        yield constraints.comment(table, constraint.name, constraint.comment)
    if index.comment is not None:
        yield indexes.comment(table, index.name, index.comment)


def _unique(whole: Table, constraint: Constraint, index: Index) -> Iterator[Step]:
    name, table = constraint.name, whole.name
    exists = probes.constraint_exists(table, name)
    timing = "DEFERRABLE" * constraint.deferrable + " INITIALLY DEFERRED" * constraint.deferred
    attached = constraints.add_unique_using(table, name, index.name, timing)
    again = (attached, *_comments(table, constraint, index))
    yield replace(_dropped(table, constraint), revert=again, reverted=exists)

    sample = duplicates(whole, constraint.columns, nulls_too=index.nulls_not_distinct)
    back = _back(f"way back {name}: index", f"its revert builds the index of {name}", sample)
    yield replace(
        back,
        revert=(indexes.create_concurrently(table, replace(index, constraint=None)),),
        reverted=probes.index_is_valid(table, index.name),
        running=probes.index_is_worked_on(table, index.name),
    )


KIND = DropConstraint
