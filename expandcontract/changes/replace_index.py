"""An index gets another definition, and queries have one of the two all the time."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import ClassVar

from expandcontract.changes import drop_index
from expandcontract.changes._carrying import helper
from expandcontract.changes._index_tree import index_steps, key_refusals
from expandcontract.changes._index_words import index_from
from expandcontract.changes._refusing import refuse
from expandcontract.changes._steps import dropped_index_step
from expandcontract.changes._texts import as_tuples
from expandcontract.changes._trees import part_index_name, spread
from expandcontract.changes._trying_made import index_trials, unreadable
from expandcontract.changes.base import Labels
from expandcontract.ddl import indexes, probes
from expandcontract.model.catalog import Catalog
from expandcontract.model.names import TableName, short_hash, slug
from expandcontract.model.phase import Phase
from expandcontract.model.plan import Plan, Step
from expandcontract.model.statement import Statement


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplaceIndex(Labels):
    """Build the index anew beside the old one; contract drops that, and the new one takes its name.

    The fields are those of AddIndex.

    >>> ReplaceIndex(table="users", index_name="users_age", columns=("age", "id")).name
    'users.replace-index-users_age'
    """

    kind: ClassVar[str] = "replace_index"

    table: str
    index_name: str
    columns: tuple[str, ...]
    unique: bool = False
    method: str = "btree"
    include: tuple[str, ...] = ()
    where: str = ""
    nulls_not_distinct: bool = False

    def __post_init__(self) -> None:
        Labels.__post_init__(self)
        as_tuples(self, "columns", "include")
        table = TableName.parse(self.table)
        if not self.columns:
            refuse(f"the index {self.index_name}", ("it names no column",))
        if not self.name:
            object.__setattr__(self, "name", slug(f"{table.plain}.replace-index-{self.index_name}"))

    @property
    def tables(self) -> tuple[TableName, ...]:
        """The table of the index."""
        return (TableName.parse(self.table),)

    def plan(self, catalog: Catalog) -> Plan:
        """The new one beside the old one, the old one gone, and its name passed on."""
        table = catalog.table(self.tables[0])
        old = drop_index.found(table, self.index_name)
        reasons = [*drop_index.refusals(table, old)]
        reasons += key_refusals(table, self.columns) if self.unique else ()
        wished = index_from(self, table)
        reasons += unreadable(wished)
        refuse(f"replacing the index {old.name}", reasons)
        name, key = table.name, short_hash(self.name, table.name.plain)
        beside = helper(key, "new")
        new = replace(wished, name=beside)
        names = {part.name: helper(key, "new", part.name.plain) for part in table.parts}
        renamed = probes.index_is_valid(name, old.name) & ~probes.index_exists(name, beside)
        has_marker = probes.index_exists(name, beside)
        gone = dropped_index_step(table, Phase.CONTRACT, old.name)
        gone = replace(
            gone, done=~has_marker | gone.done, summary=f"the old index {old.name} is gone"
        )
        named = Step(
            name=f"name {old.name}",
            phase=Phase.CONTRACT,
            summary=f"the new index has the name {old.name}",
            done=renamed,
            statements=(indexes.rename(name, beside, old.name), *_rename(names, old.name)),
        )
        unnamed = Step(
            name=f"unname {old.name}",
            phase=Phase.CONTRACT,
            summary=f"the new index is {beside} again",
            done=has_marker,
            statements=(
                indexes.rename(name, old.name, beside),
                *_rename(names, old.name, back=True),
            ),
        )
        # What stands under the name now and then only differs in what the ledger knows of it.
        over = probes.step_is_done(self.name, named.name) & ~has_marker
        built = index_steps(table, Phase.EXPAND, new, over, names=names)
        plan = Plan(
            steps=(*built, gone, named),
            comeback=(unnamed, *drop_index.again(table, old)),
            claims=((name.plain, f"index {old.name}"),),
            notes=tuple(drop_index.notes(table, old)),
            trials=tuple(index_trials(table, wished, catalog.search_path)),
        )
        return spread(plan, table)


def _rename(names: dict[TableName, str], index: str, *, back: bool = False) -> Iterator[Statement]:
    """The partitions' indexes too; one that came meanwhile has a name of the server's."""
    for part, beside in names.items():
        now, then = beside, part_index_name(part, index)
        if back:
            now, then = then, now
        exists = probes.index_exists(part, now)
        yield replace(indexes.rename(part, now, then), only_when=exists)


KIND = ReplaceIndex
