"""The steps by which columns pass from one table to another, and back."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from expandcontract.changes._asked_of_whole import comparable
from expandcontract.changes._claiming import Claim, claims
from expandcontract.changes._named_in_triggers import named_in_triggers
from expandcontract.changes._notes import by_position
from expandcontract.changes._steps import built_index_step
from expandcontract.changes._written_anew import never_null
from expandcontract.ddl import columns, crossing, crossing_probes, indexes, probes, tables
from expandcontract.ddl.crossed import Crossing, Pair
from expandcontract.model.backfill import Backfill, Into
from expandcontract.model.catalog import Column, Index, Table
from expandcontract.model.names import TableName, quoted
from expandcontract.model.phase import Phase
from expandcontract.model.plan import Assumption, Plan, Retired, Step
from expandcontract.model.probe import NEVER, Probe
from expandcontract.model.statement import Statement


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """Which columns of which table pass where, and how a row is found there."""

    source: Table
    target: TableName
    key: str  #: of the names of our objects
    columns: tuple[tuple[Column, str], ...]  #: each with its name in the target
    match: tuple[tuple[str, str], ...]  #: the source's key columns, and those that hold them
    target_key: tuple[tuple[str, str], ...]  #: name and type: what the way back walks along
    owns_rows: bool
    leaves: tuple[str, ...]  #: indexes that end with the columns

    @property
    def sync(self) -> Crossing:
        """The triggers."""
        return Crossing(
            source=self.source.name,
            target=self.target,
            key=self.key,
            match=self.match,
            pairs=tuple(
                Pair(
                    source=column.name,
                    target=name,
                    default=column.default,
                    equality_is_identity=column.equality_is_identity,
                )
                for column, name in self.columns
            ),
            owns_rows=self.owns_rows,
        )

    @property
    def finished(self) -> Probe:
        """Nothing of the columns is left in the source, and they stand in the target."""
        found: Probe | None = None
        for column, name in self.columns:
            gone = ~probes.column_exists(self.source.name, column.name)
            one = gone & probes.column_exists(self.target, name)
            found = one if found is None else found & one
        return found or NEVER

    @property
    def copy(self) -> Backfill:
        """Every row's values go to the target."""
        types = {column.name: column.type for column in self.source.columns}
        return Backfill(
            table=self.source.name,
            key=tuple(name for name, _ in self.match),
            key_types=tuple(types[name] for name, _ in self.match),
            assignments=tuple((name, quoted(column.name)) for column, name in self.columns),
            compare_as_text=tuple(n for c, n in self.columns if not c.equality_is_identity),
            sync_key=self.key,
            into=Into(
                table=self.target,
                match=tuple((held, quoted(name)) for name, held in self.match),
                sparse=True,
            ),
        )

    @property
    def copy_back(self) -> Backfill:
        """Every row's values come back from the target."""
        return Backfill(
            table=self.target,
            key=tuple(name for name, _ in self.target_key),
            key_types=tuple(type_ for _, type_ in self.target_key),
            assignments=tuple((column.name, quoted(name)) for column, name in self.columns),
            compare_as_text=tuple(c.name for c, _ in self.columns if not c.equality_is_identity),
            sync_key=self.key,
            into=Into(
                table=self.source.name,
                match=tuple((name, quoted(held)) for name, held in self.match),
                inserts=False,
            ),
        )


def plan(passage: Passage, expand: tuple[Step, ...], at_target: Claim) -> Plan:
    """Everything after the target stands is the same for each kind."""
    source = passage.source.name
    return Plan(
        steps=(
            *expand,
            _copying("copy", Phase.BACKFILL, passage.copy, passage.finished),
            _verifying("verify", Phase.SWITCH, passage.copy, passage.finished),
            _authority(passage),
            _contract(passage),
        ),
        comeback=tuple(_comeback(passage)),
        assumptions=tuple(
            Assumption(
                text=f"{source.plain}.{column.name} is of type {column.type}",
                probe=passage.finished | probes.column_is(source, column.name, column.type),
            )
            for column, _ in passage.columns
        ),
        retires=tuple(
            Retired(
                table=source,
                column=column.name,
                carried=passage.leaves,
                properties=column.properties,
            )
            for column, _ in passage.columns
        ),
        claims=(*claims(passage.source, (c.name for c, _ in passage.columns)), at_target),
        counters={"old_writes": passage.sync.old_writes, "conflicts": passage.sync.conflicts},
        notes=tuple(_notes(passage)),
        trials=(
            *comparable(passage.copy.key_types, locks=True),
            *(trial for column, _ in passage.columns for trial in never_null(column.type)),
            *(
                trial
                for column, _ in passage.columns
                for trial in named_in_triggers(passage.source, column.name)
            ),
        ),
    )


def sync_step(passage: Passage) -> Step:
    """Triggers on both tables, the source's first."""
    return Step(
        name="sync",
        phase=Phase.EXPAND,
        summary=f"triggers keep {passage.source.name.plain} and {passage.target.plain} equal",
        done=passage.finished | crossing_probes.crossing_stands(passage.sync),
        statements=crossing.create(passage.sync, new_leads=False),
        revert=crossing.drop(passage.sync),
        reverted=crossing_probes.crossing_is_gone(passage.sync),
    )


def _copying(name: str, phase: Phase, copy: Backfill, done: Probe) -> Step:
    summary = f"every row of {copy.table.plain} has its values in {_into(copy).plain}"
    return Step(name=name, phase=phase, summary=summary, done=done, backfill=copy)


def _verifying(name: str, phase: Phase, copy: Backfill, done: Probe) -> Step:
    summary = f"every row of {copy.table.plain} was compared with {_into(copy).plain} and agrees"
    return Step(name=name, phase=phase, summary=summary, done=done, verification=copy)


def _into(copy: Backfill) -> TableName:
    if copy.into is None:
        raise AssertionError
    return copy.into.table


def _authority(passage: Passage) -> Step:
    leads = crossing_probes.target_leads(passage.sync)
    return Step(
        name="authority",
        phase=Phase.SWITCH,
        summary=f"{passage.target.plain} leads: writes through the old place are counted",
        done=passage.finished | leads,
        statements=crossing.create_functions(passage.sync, new_leads=True),
        revert=crossing.create_functions(passage.sync, new_leads=False),
        reverted=~leads,
    )


def _contract(passage: Passage) -> Step:
    source, target = passage.source.name, passage.target
    names = ", ".join(column.name for column, _ in passage.columns)
    return Step(
        name="retire",
        phase=Phase.CONTRACT,
        summary=f"{names} and the triggers are gone from {source.plain}",
        done=passage.finished,
        statements=(
            tables.lock_exclusively(source),
            tables.lock_exclusively(target),
            *crossing.drop(passage.sync),
            *(columns.drop(source, column.name) for column, _ in passage.columns),
            *(
                columns.set_default(target, name, column.default)
                for column, name in passage.columns
                if column.default is not None
            ),
        ),
    )


def _comeback(passage: Passage) -> Iterator[Step]:
    """The columns made again in the source, from the target, which has lost nothing."""
    source, target, phase = passage.source.name, passage.target, Phase.CONTRACT
    stands = crossing_probes.crossing_stands(passage.sync)
    yield Step(
        name="columns again",
        phase=phase,
        summary=f"the columns stand in {source.plain} again, and triggers keep both tables equal",
        done=stands,
        statements=(
            tables.lock_exclusively(source),
            tables.lock_exclusively(target),
            *_columns_again(passage),
            *crossing.create(passage.sync, new_leads=True),
        ),
    )
    yield _copying("copy back", phase, passage.copy_back, NEVER)
    for index in _left_indexes(passage):
        again = built_index_step(source, phase, index)
        yield replace(again, name=f"{again.name} again")
        if index.comment is not None:
            yield Step(
                name=f"comment {index.name}",
                phase=phase,
                summary=f"the index {index.name} has its comment",
                done=probes.index_is_described(source, index.name, index.comment),
                statements=(indexes.comment(source, index.name, index.comment),),
            )
    yield _verifying("verify back", phase, passage.copy_back, NEVER)


def _columns_again(passage: Passage) -> Iterator[Statement]:
    source = passage.source.name
    for column, name in passage.columns:
        yield columns.add(source, column.name, column)
        yield from columns.properties(source, column.name, column)
        if column.default is not None:
            yield columns.set_default(source, column.name, column.default)
            yield columns.drop_default(passage.target, name)


def _left_indexes(passage: Passage) -> tuple[Index, ...]:
    return tuple(index for index in passage.source.indexes if index.name in passage.leaves)


def _notes(passage: Passage) -> Iterator[str]:
    target = passage.target.plain
    yield (
        f"a row of {target} is made when a value of it is not null: let the new release write it "
        "with INSERT … ON CONFLICT, or in the transaction that inserts the source's row"
    )
    yield (
        "two transactions that write the same row may meet a deadlock where one writes the "
        f"source's row first and {target}'s after it, and the other only {target}'s; so may those "
        "that write several rows in differing orders; all may be tried again"
    )
    if passage.source.publications:
        names = ", ".join(passage.source.publications)
        yield (
            f"{passage.source.name.plain} is published ({names}): add {target} to the publication "
            "once subscribers have it; its rows are written by triggers, as any others"
        )
    yield from by_position(passage.source.name)
    if passage.leaves:
        yield f"these end with the columns: {', '.join(passage.leaves)}"
