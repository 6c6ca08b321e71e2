"""An index gets another definition, and queries have one of the two all the time."""

from dataclasses import dataclass, replace
from typing import ClassVar

from expandcontract.changes import drop_index
from expandcontract.changes._carrying import helper
from expandcontract.changes._index_words import index_from
from expandcontract.changes._refusing import refuse
from expandcontract.changes._steps import built_index_step
from expandcontract.changes._texts import as_tuples
from expandcontract.changes.base import Labels
from expandcontract.ddl import indexes, probes
from expandcontract.model.catalog import Catalog
from expandcontract.model.names import TableName, short_hash, slug
from expandcontract.model.phase import Phase
from expandcontract.model.plan import Plan, Step


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
        refuse(f"replacing the index {old.name}", drop_index.refusals(table, old))
        name, beside = table.name, helper(short_hash(self.name, table.name.plain), "new")
        new = replace(index_from(self, table), name=beside)
        renamed = probes.index_is_valid(name, old.name) & ~probes.index_exists(name, beside)
        has_marker = probes.index_exists(name, beside)
        built = built_index_step(name, Phase.EXPAND, new)
        gone = Step(
            name=f"drop {old.name}",
            phase=Phase.CONTRACT,
            summary=f"the old index {old.name} is gone",
            done=~has_marker | ~probes.index_exists(name, old.name),
            statements=(indexes.drop_concurrently(name, old.name),),
            running=probes.index_is_worked_on(name, old.name),
        )
        named = Step(
            name=f"name {old.name}",
            phase=Phase.CONTRACT,
            summary=f"the new index has the name {old.name}",
            done=renamed,
            statements=(indexes.rename(name, beside, old.name),),
        )
        unnamed = Step(
            name=f"unname {old.name}",
            phase=Phase.CONTRACT,
            summary=f"the new index is {beside} again",
            done=has_marker,
            statements=(indexes.rename(name, old.name, beside),),
        )
        # What stands under the name now and then only differs in what the ledger knows of it.
        over = probes.step_is_done(self.name, named.name) & ~has_marker
        return Plan(
            steps=(replace(built, done=built.done | over), gone, named),
            comeback=(unnamed, *drop_index.again(name, old)),
            claims=((name.plain, f"index {old.name}"),),
        )


KIND = ReplaceIndex
