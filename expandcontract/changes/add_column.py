"""A table gets a column; the rows that exist get its value in chunks, if they need one."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from expandcontract.changes._carrying import helper
from expandcontract.changes._filling import (
    fill_step,
    filler_again_step,
    filler_step,
    unfillable,
    unfiller_step,
)
from expandcontract.changes._new_column import NewColumn
from expandcontract.changes._notes import PREPARED_ANEW, unproven
from expandcontract.changes._one_expression import more_than_one
from expandcontract.changes._refusing import WITH_PARTITIONS, other_kind, refuse
from expandcontract.changes._sqlalchemy import ColumnLike
from expandcontract.changes._steps import not_null_steps, nulls_refused_step
from expandcontract.changes._trees import (
    inheriting,
    spread,
    taken_in_parts,
    tree_refusals,
    unfillable_parts,
)
from expandcontract.changes._trying import along
from expandcontract.changes._trying_filled import fill_trials
from expandcontract.changes._trying_made import SHAPE, shape_of
from expandcontract.changes._written_anew import written_anew
from expandcontract.changes.base import Labels
from expandcontract.ddl import columns, probes, type_probes
from expandcontract.ddl.filling import Filler
from expandcontract.ddl.sync import repeatable
from expandcontract.model.catalog import Catalog, Table
from expandcontract.model.names import SYSTEM_COLUMNS, TableName, short_hash, slug
from expandcontract.model.phase import Phase
from expandcontract.model.plan import Assumption, Plan, Step
from expandcontract.model.statement import Statement
from expandcontract.model.trial import Trial


@dataclass(frozen=True, slots=True, kw_only=True)
class AddColumn(Labels):
    """Add a column, and never rewrite or scan the table under a strong lock for it.

    A constant default is one command, whatever the table's size. One that every row evaluates
    anew (`gen_random_uuid()`) is set after the column is added, and rows that exist are filled in
    chunks. `fill` is an SQL expression of the row, for a column without a default: rows that exist
    are filled, and where the column is NOT NULL a trigger fills the rows of old code too, which
    does not know the column, until contract. NOT NULL is proved without blocking anybody.

    >>> import sqlalchemy as sa
    >>> AddColumn(table="users", column=sa.Column("age", sa.Integer())).name
    'users.add-age'
    """

    kind: ClassVar[str] = "add_column"

    table: str
    column: NewColumn | ColumnLike
    fill: str = ""

    def __post_init__(self) -> None:
        Labels.__post_init__(self)
        object.__setattr__(self, "column", NewColumn.of("ec.AddColumn", self.column))
        if not self.name:
            table = TableName.parse(self.table)
            object.__setattr__(self, "name", slug(f"{table.plain}.add-{self.wanted.name}"))

    @property
    def wanted(self) -> NewColumn:
        """The column as the plan reads it."""
        return NewColumn.of("ec.AddColumn", self.column)

    @property
    def tables(self) -> tuple[TableName, ...]:
        """The table that gets the column."""
        return (TableName.parse(self.table),)

    def plan(self, catalog: Catalog) -> Plan:
        """The column, its values, and its NOT NULL."""
        table, new = catalog.table(self.tables[0]), self.wanted
        refuse(f"the column {new.name} of {table.name.plain}", self._refusals(table))
        key = short_hash(self.name, table.name.plain)
        filler = Filler(
            table=table.name,
            key=key,
            column=new.name,
            value=self.fill,
            search_path=catalog.search_path,
            others=inheriting(table),
        )
        fills = bool(self.fill) and not new.nullable and new.default is None
        steps = [self._added(table)]
        steps += [filler_step(filler, probes.no_null_is_left(table.name, new.name))] * fills
        if value := self.fill or self._default_of_each_row:
            steps.append(fill_step(table, new.name, new.type, value))
        if self._proves_not_null:
            check, major = helper(key, "nn"), catalog.major
            steps.append(nulls_refused_step(table, Phase.SWITCH, new.name, check, major))
            steps += not_null_steps(table, Phase.SWITCH, new.name, check, major)
        plan = Plan(
            steps=(*steps, *[unfiller_step(filler)] * fills),
            comeback=(filler_again_step(filler),) if fills else (),
            assumptions=self._assumptions(table),
            claims=((table.name.plain, new.name),),
            counters={"old_writes": filler.counter} if fills else {},
            notes=tuple(self._notes(table, fills=fills)),
            trials=tuple(self._trials(table, catalog.search_path)),
        )
        return spread(plan, table)

    @property
    def _default_of_each_row(self) -> str:
        """A default that has to be evaluated for each row: adding it at once would rewrite all."""
        default = self.wanted.default
        return "" if default is None or repeatable(default) is not None else default

    @property
    def _proves_not_null(self) -> bool:
        """Whether NOT NULL has to wait until the rows that exist are filled."""
        is_filled = bool(self.fill or self._default_of_each_row)
        return not self.wanted.nullable and is_filled

    def _added(self, table: Table) -> Step:
        new, name = self.wanted, table.name
        made = self._made(name)
        if new.comment is not None:
            made = (*made, columns.comment(name, new.name, new.comment))
        return Step(
            name=f"column {new.name}",
            phase=Phase.EXPAND,
            summary=f"{name.plain} has the column {new.name}",
            done=probes.column_exists(name, new.name),
            statements=made,
            revert=(columns.drop(name, new.name),),
            reverted=~probes.column_exists(name, new.name),
        )

    def _made(self, name: TableName) -> tuple[Statement, ...]:
        """The column, and then a default that rows have to be filled with one by one."""
        new, of_each_row = self.wanted, self._default_of_each_row
        added = columns.add_new(
            name,
            new.name,
            new.type,
            default=None if of_each_row else new.default,
            not_null=not new.nullable and not self._proves_not_null,
        )
        return (added, *[columns.set_default(name, new.name, of_each_row)] * bool(of_each_row))

    def _trials(self, table: Table, path: tuple[str, ...]) -> Iterator[Trial]:
        new = self.wanted
        if self.fill:
            yield from fill_trials(table, path, f"NULL::{new.type}", self.fill)
        if new.default is not None:
            yield along(path)
            yield shape_of(table.name)
            for made in self._made(SHAPE):
                text = f"the default {new.default} of {new.name}"
                yield Trial(
                    text=text,
                    sql=made.sql,
                    is_preparation=True,
                    cure="give another server_default=",
                )
        yield from written_anew(table, new.type, path)

    def _refusals(self, table: Table) -> Iterator[str]:
        new, name = self.wanted, table.name.plain
        yield from other_kind(table, WITH_PARTITIONS, parts=True)
        yield from tree_refusals(table)
        yield from taken_in_parts(table, new.name)
        if table.find(new.name) is not None:
            yield f"{name}.{new.name} exists already; drop it, or choose another name"
        if new.name in SYSTEM_COLUMNS:
            yield f"every table has a system column {new.name} already; choose another name"
        if new.generated:
            yield (
                "a stored generated column rewrites the table; add a plain column with the same "
                f"expression (fill={new.generated!r}), or ec.DeriveColumn, which keeps it right"
            )
        if new.identity:
            yield (
                "an identity column rewrites the table; add a column with a sequence as its "
                "default, which is filled in chunks: server_default=text(\"nextval('…')\")"
            )
        if not new.nullable and new.default is None and not self.fill:
            yield (
                f"{new.name} is NOT NULL and has no value for rows that exist, nor for those of "
                "old code: give it a server_default, or fill= an expression of the row"
            )
        if self.fill or self._default_of_each_row:
            yield from more_than_one(self.fill) if self.fill else ()
            yield from unfillable(table)
            yield from unfillable_parts(table)

    def _assumptions(self, table: Table) -> tuple[Assumption, ...]:
        new = self.wanted
        exists = probes.column_exists(table.name, new.name)
        return (
            Assumption(
                text=f"there is a type {new.type}",
                probe=exists | type_probes.type_exists(new.type),
            ),
            Assumption(
                text=f"{new.type} is no domain with constraints, which would rewrite the table "
                "(use the domain's own type and ec.AddCheck)",
                probe=exists | ~type_probes.type_is_constrained(new.type),
            ),
        )

    def _notes(self, table: Table, *, fills: bool) -> Iterator[str]:
        yield (
            f"a prepared SELECT * on {table.name.plain} fails in every connection once the "
            f"column is added, {PREPARED_ANEW}"
        )
        if left := self.wanted.left_of_model():
            yield f"not added with the column: {', '.join(left)}; each is a change of its own"
        if self.fill and self.wanted.nullable:
            yield (
                "rows that old code inserts after the backfill keep a null: the column allows it, "
                "so nothing can tell whether it is meant"
            )
        if self.fill or self._default_of_each_row:
            yield from unproven(table)
        if fills:
            yield "contract drops the trigger; from then on a write without the column is refused"


KIND = AddColumn
