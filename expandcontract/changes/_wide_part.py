"""One table of a widened key: its twins, all that hangs on them, and the swap."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from expandcontract.changes import _twin
from expandcontract.changes._carrying import (
    CarriedCheck,
    CarriedIndex,
    carried_indexes,
    carried_not_null,
    helper,
)
from expandcontract.changes._restoring import restorable
from expandcontract.changes._rewriting import renamed
from expandcontract.changes._steps import built_index_step
from expandcontract.changes._twin import Twin
from expandcontract.ddl import columns, constraints, grants, probes, wide_twins
from expandcontract.ddl.wide_twins import Widening
from expandcontract.model.backfill import Backfill
from expandcontract.model.catalog import Column, Constraint, ConstraintKind, Dependent, Index, Table
from expandcontract.model.names import TableName, quoted, short_hash
from expandcontract.model.phase import Phase
from expandcontract.model.plan import Step
from expandcontract.model.probe import ALWAYS, Probe

WIDE = "bigint"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A foreign key to the widened column, and the one that takes its place."""

    original: Constraint
    column: str  #: the referencing column, or its twin where it has one
    twin: str  #: the new constraint's name until the swap
    definition: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A table, its columns with their twins' names, and its references to the widened key."""

    table: Table
    key: str
    pairs: tuple[tuple[Column, str], ...]
    references: tuple[Reference, ...] = ()

    @property
    def name(self) -> TableName:
        """The table's name."""
        return self.table.name

    @property
    def widening(self) -> Widening:
        """The trigger."""
        pairs = tuple((column.name, twin) for column, twin in self.pairs)
        return Widening(table=self.name, key=self.key, pairs=pairs)

    @property
    def finished(self) -> Probe:
        """Every column is wide, and no twin is left."""
        found = ALWAYS
        for column, twin in self.pairs:
            found &= probes.column_is(self.name, column.name, WIDE)
            found &= ~probes.column_exists(self.name, twin)
        return found

    @property
    def copy(self) -> Backfill:
        """Every row's twins equal its columns."""
        key = self.table.key()
        names = tuple(k.column or "" for k in key.keys) if key else ()
        return Backfill(
            table=self.name,
            key=names,
            key_types=tuple(self.table.column(name).type for name in names),
            assignments=tuple((twin, quoted(column.name)) for column, twin in self.pairs),
            sync_key=self.key,
        )

    def readers(self, column: Column) -> tuple[Dependent, ...]:
        """Views, policies, triggers and the like that read the column."""
        return restorable(self.table, column, retyped=True)

    def _renamed(self, text: str) -> str:
        for column, twin in self.pairs:
            text = renamed(text, column.name, twin)
        return text

    @property
    def indexes(self) -> tuple[CarriedIndex, ...]:
        """Twins of every index that reads one of the columns."""
        names = {column.name for column, _ in self.pairs}
        by_name = {constraint.name: constraint for constraint in self.table.constraints}
        found = []
        for index in self.table.indexes:
            if names & set(index.columns):
                made = self._moved(index)
                owner = by_name.get(index.constraint) if index.constraint else None
                found.append(CarriedIndex(original=index, twin=made, constraint=owner))
        return tuple(found)

    def _moved(self, index: Index) -> Index:
        """The index on the twins of all columns that it reads."""
        made = index
        for column, twin in self.pairs:
            alone = replace(self.table, indexes=(made,))
            for carried in carried_indexes(alone, column.name, twin, self.key):
                made = carried.twin
        return replace(made, name=helper(self.key, "i", index.name))

    @property
    def checks(self) -> tuple[CarriedCheck, ...]:
        """Twins of every check that reads one of the columns."""
        names = {column.name for column, _ in self.pairs}
        return tuple(
            CarriedCheck(
                original=check,
                twin=replace(
                    check,
                    name=helper(self.key, "c", check.name),
                    definition=self._renamed(check.definition.removesuffix(" NOT VALID")),
                ),
            )
            for check in self.table.constraints
            if check.kind is ConstraintKind.CHECK and names & set(check.columns)
        )

    def twin(self, column: Column, name: str, finished: Probe) -> Twin:
        """One pair, as the steps of every twin know it."""
        return Twin(
            table=self.name,
            source=column.name,
            target=name,
            column=column,
            key=self.copy.key,
            key_types=self.copy.key_types,
            helper_key=short_hash(self.key, column.name),
            finished=finished,
        )


def expand(part: Part, finished: Probe) -> Step:
    """Nullable twins and the trigger."""
    stands = wide_twins.stands(part.widening)
    gone = ALWAYS
    for _, twin in part.pairs:
        stands &= probes.column_exists(part.name, twin)
        gone &= ~probes.column_exists(part.name, twin)
    names = ", ".join(column.name for column, _ in part.pairs)
    added = [
        statement
        for column, twin in part.pairs
        for statement in (
            columns.add(part.name, twin, replace(column, type=WIDE)),
            *columns.properties(part.name, twin, column),
            *grants.on_column(column, part.name, twin),
        )
    ]
    return Step(
        name=f"twins of {part.name.plain}",
        phase=Phase.EXPAND,
        summary=f"{part.name.plain} has wide twins of {names}, and a trigger keeps them equal",
        done=finished | stands,
        statements=(*added, *wide_twins.create(part.widening)),
        revert=(
            *wide_twins.drop(part.widening),
            *(columns.drop(part.name, twin) for _, twin in part.pairs),
        ),
        reverted=gone & ~probes.trigger_exists(part.name, part.widening.triggers[0]),
    )


def fill(part: Part, finished: Probe) -> Iterator[Step]:
    """The copy, then the indexes, which would make it dearer."""
    yield Step(
        name=f"copy {part.name.plain}",
        phase=Phase.BACKFILL,
        summary=f"every row of {part.name.plain} has its wide twins",
        done=finished,
        backfill=part.copy,
    )
    for index in part.indexes:
        yield built_index_step(part.name, Phase.BACKFILL, index.twin, finished)


def prove(part: Part, finished: Probe) -> Iterator[Step]:
    """Everything that holds the columns holds their twins, before anything is swapped."""
    yield Step(
        name=f"verify {part.name.plain}",
        phase=Phase.SWITCH,
        summary=f"the twins of {part.name.plain} were compared in every row and agree",
        done=finished,
        verification=part.copy,
    )
    first = part.twin(*part.pairs[0], finished)
    for check in part.checks:
        yield from _twin.check_steps(first, Phase.SWITCH, check, check.twin.name)
    for column, name in part.pairs:
        if column.not_null:
            carried = carried_not_null(part.table, column.name, short_hash(part.key, column.name))
            yield from _twin.not_null_steps(
                part.twin(column, name, finished), Phase.SWITCH, carried
            )


def refer(part: Part, finished: Probe) -> Iterator[Step]:
    """New foreign keys to the key's twin: first for new rows, then for all."""
    for reference in part.references:
        exists = probes.constraint_exists(part.name, reference.twin)
        yield Step(
            name=f"reference {reference.twin}",
            phase=Phase.SWITCH,
            summary=f"{reference.original.name} of {part.name.plain} holds for new rows and twins",
            done=finished | exists,
            statements=(
                constraints.add_not_valid(part.name, reference.twin, reference.definition),
            ),
            revert=(constraints.drop(part.name, reference.twin),),
            reverted=~exists,
        )
        if reference.original.valid:
            yield Step(
                name=f"validate {reference.twin}",
                phase=Phase.SWITCH,
                summary=f"{reference.twin} holds every row",
                done=finished | probes.constraint_is_valid(part.name, reference.twin),
                statements=(constraints.validate(part.name, reference.twin),),
            )


def carried_names(part: Part, column: Column) -> tuple[str, ...]:
    """What may hang on the column when contract comes: what hung on it, and what is ours."""
    names = [index.original.name for index in part.indexes]
    names += [constraint.name for constraint in part.table.constraints]
    names += [item.description for item in part.table.dependents_of(column.name)]
    return tuple(dict.fromkeys(names))
