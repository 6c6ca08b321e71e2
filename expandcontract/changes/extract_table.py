"""Columns become a table of their own while old code still uses them where they were."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import ClassVar

from expandcontract.changes import _crossing
from expandcontract.changes._already import nothing_is_called
from expandcontract.changes._asked_of_whole import no_more_rights
from expandcontract.changes._crossing import Passage
from expandcontract.changes._passing_refusals import passing_refusals
from expandcontract.changes.base import Labels
from expandcontract.ddl import columns, grants, relation_probes, tables
from expandcontract.errors import ChangeRefusedError
from expandcontract.model.catalog import Catalog, Table
from expandcontract.model.names import TableName, refuse_too_long, short_hash, slug
from expandcontract.model.phase import Phase
from expandcontract.model.plan import WHOLE, Assumption, Plan, Step
from expandcontract.model.statement import Statement


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtractTable(Labels):
    """Move `columns` of a table into a new table `to`, whose rows are found by the same key.

    `key` names the key's columns in the new table, if they are to be called otherwise. A row
    without any value in the columns has no row there. `leaves` names the indexes that end with the
    columns. Owner and privileges are those of the table.

    >>> ExtractTable(table="users", columns=("bio", "photo"), to="profiles", key=("user_id",)).name
    'users-to-profiles'
    """

    kind: ClassVar[str] = "extract_table"

    table: str
    columns: tuple[str, ...]
    to: str
    key: tuple[str, ...] = ()
    leaves: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        Labels.__post_init__(self)
        for field in ("columns", "key", "leaves"):
            value = getattr(self, field)
            object.__setattr__(self, field, (value,) if isinstance(value, str) else tuple(value))
        for name in (*self.columns, *self.key):
            refuse_too_long(name)
        table, to = TableName.parse(self.table), TableName.parse(self.to)
        reasons = []
        if not self.columns:
            reasons.append("no column is named")
        if len({*self.columns, *self.key}) < len(self.columns) + len(self.key):
            reasons.append("a name is given twice")
        if reasons:
            raise ChangeRefusedError(f"the extraction of {to.plain}", tuple(reasons))
        if not self.name:
            object.__setattr__(self, "name", slug(f"{table.plain}-to-{to.plain}"))

    @property
    def tables(self) -> tuple[TableName, ...]:
        """The table that has the columns."""
        return (TableName.parse(self.table),)

    def plan(self, catalog: Catalog) -> Plan:
        """New table, triggers on both, copy, authority, and the old columns dropped."""
        table = catalog.table(self.tables[0])
        moved = tuple(table.column(name) for name in self.columns)
        reasons = [*passing_refusals(table, moved, self.leaves), *self._refusals(table)]
        key = table.key()
        if reasons or key is None:
            what = f"the extraction of {self.to} from {table.name.plain}"
            raise ChangeRefusedError(what, tuple(reasons))
        names = tuple(k.column or "" for k in key.keys)
        held = self.key or names
        to = TableName.parse(self.to)
        passage = Passage(
            source=table,
            target=to if to.schema else TableName(to.name, table.name.schema),
            key=short_hash(self.name, table.name.plain),
            columns=tuple((column, column.name) for column in moved),
            match=tuple(zip(names, held, strict=True)),
            target_key=tuple(
                (new, table.column(old).type) for old, new in zip(names, held, strict=True)
            ),
            owns_rows=True,
            leaves=self.leaves,
        )
        plan = _crossing.plan(
            passage,
            (_table_step(passage), _crossing.sync_step(passage)),
            (passage.target.plain, WHOLE),
        )
        stands = relation_probes.is_table(passage.target)
        free = Assumption(
            text=f"no other relation is called {passage.target.plain}",
            probe=relation_probes.name_is_free(passage.target) | stands,
        )
        taken = nothing_is_called(passage.target, "a table has it already", stands)
        return replace(
            plan,
            assumptions=(*plan.assumptions, free),
            trials=(*plan.trials, taken, *no_more_rights(table)),
        )

    def _refusals(self, table: Table) -> Iterator[str]:
        key = table.key()
        if key is not None and self.key and len(self.key) != len(key.keys):
            names = ", ".join(k.column or "" for k in key.keys)
            yield f"the key of {table.name.plain} is ({names}): name as many columns for it"
        if key is not None and not self.key and {k.column for k in key.keys} & {*self.columns}:
            yield "a column of the key cannot be extracted"
        if table.row_security:
            yield (
                f"{table.name.plain} has row security, and its policies do not fit another table; "
                "make the table and its policies yourself, then use ec.MoveColumn"
            )


def _table_step(passage: Passage) -> Step:
    """The new table, which nobody knows yet."""
    source, target = passage.source, passage.target
    key = tuple(replace(source.column(old), name=new) for old, new in passage.match)
    return Step(
        name="table",
        phase=Phase.EXPAND,
        summary=f"{target.plain} stands, with a row for each key",
        done=passage.finished | relation_probes.is_table(target),
        statements=(
            tables.create(target, key, tuple(column for column, _ in passage.columns)),
            *_like(source, target),
            *(s for c, name in passage.columns for s in columns.properties(target, name, c)),
        ),
        revert=(tables.drop(target),),
        reverted=relation_probes.name_is_free(target),
    )


def _like(source: Table, target: TableName) -> Iterator[Statement]:
    """Owner and privileges."""
    if source.owner is not None:
        yield tables.give_to(target, source.owner)
    yield from grants.as_on(replace(source, columns=()), target)


KIND = ExtractTable
