"""A table gets another name while old code still uses the old one."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from expandcontract.changes._already import nothing_is_called
from expandcontract.changes._asked_of_whole import no_more_rights
from expandcontract.changes._carrying import helper
from expandcontract.changes._refusing import no_table
from expandcontract.changes.base import Labels
from expandcontract.ddl import grants, relation_probes, server_probes, tables, views
from expandcontract.errors import ChangeRefusedError
from expandcontract.model.catalog import Catalog, Table, TableKind
from expandcontract.model.names import TableName, short_hash, slug
from expandcontract.model.phase import Phase
from expandcontract.model.plan import WHOLE, Assumption, Plan, Step
from expandcontract.model.probe import Probe
from expandcontract.model.statement import Statement

INVOKER_SINCE = 15
"""The first major whose views can read with the caller's privileges."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RenameTable(Labels):
    """Rename a table, which stands under both names meanwhile: one of them is a view.

    The view can be written through: INSERT (with RETURNING and ON CONFLICT), UPDATE, DELETE. COPY
    and TRUNCATE need the table itself: the old name until the switch, the new one after it.
    `published` says that the subscribers of its publications know the new name.

    >>> RenameTable(old="users", new="people").name
    'users-to-people'
    """

    kind: ClassVar[str] = "rename_table"

    old: str
    new: str
    published: bool = False

    def __post_init__(self) -> None:
        Labels.__post_init__(self)
        old, new = TableName.parse(self.old), TableName.parse(self.new)
        reasons = []
        if old.name == new.name:
            reasons.append("old and new name are the same")
        if new.schema is not None and new.schema != old.schema:
            reasons.append(
                f"{new.plain} may be in another schema, and a table is renamed within its own; "
                "give the new name without a schema"
            )
        if reasons:
            raise ChangeRefusedError(f"the rename of {old.plain}", tuple(reasons))
        if not self.name:
            object.__setattr__(self, "name", slug(f"{old.plain}-to-{new.name}"))

    @property
    def tables(self) -> tuple[TableName, ...]:
        """The table under its old name."""
        return (TableName.parse(self.old),)

    def plan(self, catalog: Catalog) -> Plan:
        """A view under the new name, both renamed at the switch, and the view dropped."""
        table = catalog.table(self.tables[0])
        new = TableName(TableName.parse(self.new).name, table.name.schema)
        if reasons := tuple(self._refusals(table, catalog.major)):
            raise ChangeRefusedError(f"the rename of {table.name.plain}", reasons)
        return _Rename(self, table, new, invoker=catalog.major >= INVOKER_SINCE).plan()

    def _refusals(self, table: Table, major: int) -> Iterator[str]:
        name = table.name.plain
        if table.kind not in {TableKind.ORDINARY, TableKind.PARTITIONED}:
            yield no_table(table)
        if table.row_security and major < INVOKER_SINCE:
            yield (
                f"{name} has row security, which a view before PostgreSQL {INVOKER_SINCE} would "
                "pass by; rename it in a maintenance window"
            )
        if table.publications and not self.published:
            names = ", ".join(table.publications)
            yield (
                f"{name} is published ({names}), and subscribers look for it by its name; let them "
                "know the new one, then say published=True"
            )


class _Rename:
    """One rename of one table: the values from which its steps are made."""

    def __init__(self, change: RenameTable, table: Table, new: TableName, *, invoker: bool) -> None:
        self.table, self.old, self.new, self.invoker = table, table.name, new, invoker
        key = short_hash(change.name, self.old.plain)
        self.between = TableName(helper(key, "v"), new.schema)
        is_new = relation_probes.is_table(new)
        # The old name is free, and the new one is the table's: true for ever after contract.
        self.finished = is_new & relation_probes.name_is_free(self.old)
        self.before = relation_probes.view_shows(new, self.old)
        self.after = relation_probes.view_shows(self.old, new)

    def plan(self) -> Plan:
        return Plan(
            steps=(
                Step(
                    name="view",
                    phase=Phase.EXPAND,
                    summary=f"{self.new.plain} is a view of {self.old.plain}, and can be written",
                    done=self.finished | self.after | self.before,
                    statements=self._view(self.new, self.old),
                    revert=(views.drop(self.new),),
                    reverted=relation_probes.name_is_free(self.new)
                    & relation_probes.is_table(self.old),
                ),
                Step(
                    name="names",
                    phase=Phase.SWITCH,
                    summary=f"{self.new.plain} is the table, and {self.old.plain} a view of it",
                    done=self.finished | self.after,
                    statements=self._swapped(self.old, self.new),
                    revert=self._swapped(self.new, self.old),
                    reverted=self.before,
                ),
                Step(
                    name="drop the view",
                    phase=Phase.CONTRACT,
                    summary=f"nothing is called {self.old.plain} any more",
                    done=self.finished,
                    statements=(views.drop(self.old),),
                ),
            ),
            comeback=(
                Step(
                    name="view again",
                    phase=Phase.CONTRACT,
                    summary=f"{self.old.plain} is a view of {self.new.plain} again",
                    done=self.after,
                    statements=self._view(self.old, self.new),
                ),
            ),
            assumptions=tuple(self._assumptions()),
            claims=((self.old.plain, WHOLE), (self.new.plain, WHOLE)),
            notes=tuple(self._notes()),
            trials=(
                nothing_is_called(
                    self.new, f"a view of {self.old.plain} has it already", self.before
                ),
                *no_more_rights(self.table),
            ),
        )

    def _view(self, view: TableName, table: TableName) -> tuple[Statement, ...]:
        columns = tuple(column.name for column in self.table.columns)
        made = [views.create(view, table, columns, security_invoker=self.invoker)]
        if self.table.owner is not None:
            made.append(grants.give_to(view, self.table.owner))
        return (*made, *grants.as_on(self.table, view))

    def _swapped(self, table: TableName, view: TableName) -> tuple[Statement, ...]:
        """Each takes the other's name; the view is locked first, as its writers do."""
        return (
            views.lock_with_table(view, table),
            views.rename(view, self.between.name),
            tables.rename(table, view.name),
            views.rename(self.between, table.name),
        )

    def _assumptions(self) -> Iterator[Assumption]:
        if self.invoker:  # a script may meet any server
            yield Assumption(
                text=f"the server is PostgreSQL {INVOKER_SINCE} or newer, "
                "whose views read with the privileges of who asks",
                probe=server_probes.is_since(INVOKER_SINCE),
            )
        stands: Probe = self.before | self.after
        yield Assumption(
            text=f"no other relation is called {self.new.plain}",
            probe=relation_probes.name_is_free(self.new) | stands | self.finished,
        )
        yield Assumption(
            text=f"the view shows every column of the table ({self.old.plain}, {self.new.plain})",
            probe=~stands | relation_probes.columns_agree(self.old, self.new),
        )

    def _notes(self) -> Iterator[str]:
        yield (
            "COPY, TRUNCATE, ON CONFLICT ON CONSTRAINT and system columns need the table: "
            f"use {self.old.plain} for them until the switch, {self.new.plain} from then on"
        )
        yield (
            "indexes, constraints and sequences keep their names; a function that names "
            f"{self.old.plain} in its text must be written again before contract"
        )
        yield "a column that is added meanwhile does not show in the view, and stops the next phase"
        if self.table.publications:
            yield f"subscribers must have the table as {self.new.plain} when the switch runs"


KIND = RenameTable
