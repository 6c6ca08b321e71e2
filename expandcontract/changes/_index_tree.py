"""An index of a partitioned table, built partition by partition while everybody works."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from expandcontract.changes._steps import built_index_step
from expandcontract.changes._trees import is_gone, part_index_name
from expandcontract.ddl import constraints, indexes, probes, tree_probes
from expandcontract.ddl.missing_indexes import next_command
from expandcontract.model.catalog import Index, Table
from expandcontract.model.names import TableName
from expandcontract.model.phase import Phase
from expandcontract.model.plan import Step
from expandcontract.model.probe import ALWAYS, NEVER, Probe
from expandcontract.model.statement import Statement


def index_steps(
    table: Table,
    phase: Phase,
    index: Index,
    finished: Probe = NEVER,
    *,
    names: Mapping[TableName, str] | None = None,
    offenders: str = "",
) -> Iterator[Step]:
    """Build an index concurrently, of a partitioned table on each of its partitions."""
    if table.is_partitioned:
        yield from IndexTree(
            root=table,
            phase=phase,
            index=index,
            finished=finished,
            names=names or {},
            offenders=offenders,
        ).steps()
    else:
        step = built_index_step(table.name, phase, index, finished)
        yield replace(step, offenders=offenders)


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexTree:
    """The index of the root, and the name of each partition's."""

    root: Table
    phase: Phase
    index: Index
    finished: Probe = NEVER
    names: Mapping[TableName, str] = field(default_factory=dict)
    offenders: str = ""
    constraint: str = ""  #: `UNIQUE (a, b)` where the index stands behind one
    timing: str = ""

    def name_of(self, part: TableName) -> str:
        """What the partition's index is called."""
        if part == self.root.name:
            return self.index.name
        return self.names.get(part) or part_index_name(part, self.index.name)

    def steps(self) -> Iterator[Step]:
        """The root's, invalid; then each partition's; then it is asked whether it is valid."""
        yield self._root()
        for part in self.root.parts:
            if part.is_partitioned:
                yield self._branch(part)
            else:
                yield self._leaf(part)
                yield self._attached(part)
        yield self._whole()

    def _title(self, part: Table) -> str:
        name = self.name_of(part.name)
        return name if part.name.schema == self.root.name.schema else f"{part.name.schema}.{name}"

    def _own(self, table: TableName) -> Index:
        return replace(self.index, name=self.name_of(table), constraint=None, comment=None)

    def _alone(self, table: TableName) -> Statement:
        name = self.name_of(table)
        if self.constraint:
            definition = f"{self.constraint} {self.timing}".rstrip()
            return constraints.add_on_only(table, name, definition)
        return indexes.create_on_only(table, self._own(table))

    def _using(self) -> str:
        """What makes the constraint of a partition's index; the server fills in its name."""
        kind = "PRIMARY KEY" if self.constraint.startswith("PRIMARY KEY") else "UNIQUE"
        return f"{kind} USING INDEX %I {self.timing}".rstrip() if self.constraint else ""

    def _attach(self, part: Table) -> Statement:
        above = part.parents[0]
        return indexes.attach(above, self.name_of(above), part.name, self.name_of(part.name))

    def _settled(self, part: Table) -> Probe:
        """Whether there is nothing left to do for the partition."""
        above = part.parents[0]
        index = TableName(self.name_of(above), above.schema)
        attached = tree_probes.index_is_attached(index, part.name)
        return self.finished | attached | is_gone(self.root.name, part.name)

    def _root(self) -> Step:
        table, name = self.root.name, self.index.name
        return Step(
            name=f"index {name}",
            phase=self.phase,
            summary=f"new partitions of {table.plain} get the index {name}",
            done=self.finished | probes.index_exists(table, name),
            statements=(self._alone(table),),
        )

    def _branch(self, part: Table) -> Step:
        return Step(
            name=f"index {self._title(part)}",
            phase=self.phase,
            summary=f"new partitions of {part.name.plain} get the index {self.index.name}",
            done=self._settled(part),
            statements=(self._alone(part.name), self._attach(part)),
        )

    def _leaf(self, part: Table) -> Step:
        built = built_index_step(part.name, self.phase, self._own(part.name))
        return replace(
            built,
            name=f"index {self._title(part)}",
            done=self._settled(part) | built.done,
            offenders=self.offenders,
        )

    def _attached(self, part: Table) -> Step:
        name = self.name_of(part.name)
        made: tuple[Statement, ...] = (self._attach(part),)
        if self.constraint.startswith("PRIMARY KEY"):
            made = (constraints.add_primary_key_using(part.name, name, name, self.timing), *made)
        elif self.constraint:
            made = (constraints.add_unique_using(part.name, name, name, self.timing), *made)
        return Step(
            name=f"attach {self._title(part)}",
            phase=self.phase,
            summary=f"{name} is the part of {self.index.name} on {part.name.plain}",
            done=self._settled(part),
            statements=made,
        )

    def _whole(self) -> Step:
        """Done by the server together with the last partition's; the way back takes all of it."""
        table, name = self.root.name, self.index.name
        dropped = indexes.drop_from_all(table, name)
        if self.constraint:
            dropped = replace(constraints.drop(table, name), spreads=True)
        return Step(
            name=f"{name} is valid",
            phase=self.phase,
            summary=f"the index {name} on {table.plain} is valid, with one on every partition",
            done=self.finished | probes.index_is_valid(table, name),
            further=next_command(table, self._own(table), self._using()),
            offenders=tree_probes.without_index(table, TableName(name, table.schema)),
            revert=(dropped,),
            reverted=~probes.index_exists(table, name),
        )


def kept(step: Step) -> Step:
    """A step that is not taken back: what it asks for was there before."""
    return replace(step, revert=(), reverted=ALWAYS)


def attached_names(table: Table, index: Index) -> dict[TableName, str]:
    """What each partition's index is called that is attached to the root's, at every level."""
    known = {TableName(index.name, table.name.schema)}
    found: dict[TableName, str] = {}
    for part in table.parts:
        for one in part.indexes:
            if one.parent in known:
                known.add(TableName(one.name, part.name.schema))
                found[part.name] = one.name
    return found


def key_refusals(table: Table, columns: tuple[str, ...]) -> Iterator[str]:
    """Why these columns cannot be unique over all partitions."""
    for one in (table, *table.parts):
        if missing := [name for name in one.partition_key if name not in columns]:
            yield (
                f"{one.name.plain} is partitioned by {', '.join(one.partition_key)}, and only what "
                f"contains that can be unique over all partitions; add {', '.join(missing)}"
            )
