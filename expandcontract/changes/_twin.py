"""The steps that give a column a twin with all that hangs on it.

Used twice by each change that copies a column: forwards, from the old column to the new one,
and backwards, when a contracted change comes back.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from expandcontract.changes import _index_tree
from expandcontract.changes._carrying import CarriedCheck, CarriedIndex, helper
from expandcontract.changes._offenders import all_the_rows, the_same
from expandcontract.changes._unique import definition
from expandcontract.ddl import columns, constraints, indexes, probes, tree_probes
from expandcontract.model.backfill import Backfill
from expandcontract.model.catalog import Column, Constraint, Index, Table
from expandcontract.model.names import TableName, quoted
from expandcontract.model.phase import Phase
from expandcontract.model.plan import Step
from expandcontract.model.probe import Probe
from expandcontract.model.statement import Statement


@dataclass(frozen=True, slots=True, kw_only=True)
class Twin:
    """One column that is being filled from another."""

    table: TableName
    source: str
    target: str
    column: Column  #: what the target must become
    key: tuple[str, ...]  #: the columns that a backfill walks along
    key_types: tuple[str, ...]
    helper_key: str
    finished: Probe  #: true when the change is contracted, and nothing of this is left to do
    is_original: bool = False  #: the target comes back, with names and comments of its own
    value: str = ""  #: over the row's columns; empty: the source as it is
    where: str = ""  #: rows that are not right yet, where that is not told by the value alone
    filling: Backfill | None = None  #: where several columns are filled at once
    checked: tuple[tuple[str, str], ...] = ()  #: what a verification compares, if not the value

    @property
    def not_null_check(self) -> str:
        """The check that proves the absence of nulls before NOT NULL is set."""
        return helper(self.helper_key, "nnb" if self.is_original else "nn")

    @property
    def copy(self) -> Backfill:
        """Every row's target becomes its source."""
        return self.filling or Backfill(
            table=self.table,
            key=self.key,
            key_types=self.key_types,
            assignments=((self.target, self.value or quoted(self.source)),),
            sync_key=self.helper_key,
            compare_as_text=() if self.column.equality_is_identity else (self.target,),
            where=self.where,
        )


def copy_step(twin: Twin, phase: Phase, name: str = "copy") -> Step:
    """Fill the target in chunks."""
    return Step(
        name=name,
        phase=phase,
        summary=f"every row's {twin.target} equals its {twin.source}",
        done=twin.finished,
        backfill=twin.copy,
    )


def verify_step(twin: Twin, phase: Phase, name: str = "verify") -> Step:
    """Compare both columns in every row."""
    return Step(
        name=name,
        phase=phase,
        summary=f"{twin.target} was compared with {twin.source} in every row and agrees",
        done=twin.finished,
        verification=replace(twin.copy, assignments=twin.checked or twin.copy.assignments),
    )


def newcomers_step(table: Table, twin: Twin, label: str = "") -> Iterator[Step]:
    """Rows of a partition that was attached meanwhile may have passed no trigger."""
    if table.parts:
        known = tuple(part.name for part in table.parts)
        step = verify_step(twin, Phase.CONTRACT, f"verify what came meanwhile{label}")
        yield replace(step, done=step.done | tree_probes.has_only_parts(table.name, known))


def index_steps(twin: Twin, phase: Phase, table: Table, carried: CarriedIndex) -> Iterator[Step]:
    """Build one index of the target while the table is in use."""
    back, constraint = twin.is_original, carried.constraint
    index = replace(carried.original if back else carried.twin, constraint=None)
    names = carried.names(back=back)
    if constraint is None or not table.is_partitioned:
        yield from _index_tree.index_steps(
            table, phase, index, twin.finished, names=names, offenders=_merged(twin, table, index)
        )
        return
    yield from _index_tree.IndexTree(
        root=table,
        phase=phase,
        index=index,
        finished=twin.finished,
        names=names,
        constraint=definition("UNIQUE", index),
        timing=timing(constraint),
        offenders=_merged(twin, table, index),
    ).steps()
    if back and constraint.comment is not None:
        yield Step(
            name=f"comment {constraint.name}",
            phase=phase,
            summary=f"the constraint {constraint.name} has its comment",
            done=twin.finished
            | probes.constraint_is_described(twin.table, constraint.name, constraint.comment),
            statements=(constraints.comment(twin.table, constraint.name, constraint.comment),),
        )


def _merged(twin: Twin, table: Table, index: Index) -> str:
    """Rows that were told apart by the source, and are not by the target."""
    is_copy = not twin.value or twin.value == quoted(twin.source)
    return "" if is_copy or not index.unique else the_same(table, index, all_the_rows(table))


def timing(constraint: Constraint) -> str:
    """When the constraint is looked at, in the words of ALTER TABLE."""
    words = "DEFERRABLE" if constraint.deferrable else ""
    return words + " INITIALLY DEFERRED" if constraint.deferred else words


def unique_step(twin: Twin, phase: Phase, carried: CarriedIndex, index: str, name: str) -> Step:
    """Make a unique index of the target into a constraint, as the source has it."""
    constraint = carried.constraint
    if constraint is None:
        raise AssertionError
    return Step(
        name=f"unique {name}",
        phase=phase,
        summary=f"{constraint.name} holds {twin.target} too",
        done=twin.finished | probes.constraint_exists(twin.table, name),
        statements=(
            constraints.add_unique_using(twin.table, name, index, timing(constraint)),
            *_comments(twin, constraint, carried.original),
        ),
        revert=(constraints.drop(twin.table, name),),
        reverted=~probes.constraint_exists(twin.table, name),
    )


def _comments(
    twin: Twin, constraint: Constraint, index: Index | None = None
) -> Iterator[Statement]:
    """What was said about the originals, where they are what is being made."""
    if twin.is_original and constraint.comment is not None:
        yield constraints.comment(twin.table, constraint.name, constraint.comment)
    if twin.is_original and index is not None and index.comment is not None:
        yield indexes.comment(twin.table, index.name, index.comment)


def index_comment_step(twin: Twin, phase: Phase, index: Index) -> Iterator[Step]:
    """Say again what was said about an index; its build cannot, outside a transaction."""
    if index.comment is not None and index.constraint is None:
        yield Step(
            name=f"comment {index.name}",
            phase=phase,
            summary=f"the index {index.name} has its comment",
            done=twin.finished | probes.index_is_described(twin.table, index.name, index.comment),
            statements=(indexes.comment(twin.table, index.name, index.comment),),
        )


def check_steps(twin: Twin, phase: Phase, carried: CarriedCheck, name: str) -> tuple[Step, ...]:
    """Hold the target to a check of the source: first new rows, then all."""
    exists = probes.constraint_exists(twin.table, name)
    added = Step(
        name=f"check {name}",
        phase=phase,
        summary=f"{carried.original.name} holds new rows of {twin.target} too",
        done=twin.finished | exists,
        statements=(
            constraints.add_not_valid(twin.table, name, carried.twin.definition),
            *_comments(twin, carried.original),
        ),
        revert=(constraints.drop(twin.table, name),),
        reverted=~exists,
    )
    if not carried.original.valid:
        return (added,)
    return added, validate_step(twin, phase, name)


def validate_step(twin: Twin, phase: Phase, name: str) -> Step:
    """Prove a constraint for the rows that were there before it."""
    return Step(
        name=f"validate {name}",
        phase=phase,
        summary=f"{name} holds every row",
        done=twin.finished | probes.constraint_is_valid(twin.table, name),
        statements=(constraints.validate(twin.table, name),),
    )


def not_null_steps(twin: Twin, phase: Phase, carried: CarriedCheck | None) -> tuple[Step, ...]:
    """Refuse nulls in the target without ever scanning under a strong lock."""
    check, table = twin.not_null_check, twin.table
    refused = twin.finished | probes.nulls_are_refused(table, twin.target)
    added = Step(
        name=f"not null check {twin.target}",
        phase=phase,
        summary=f"new rows have no null in {twin.target}",
        done=refused | probes.constraint_exists(table, check),
        statements=(constraints.add_not_null_check(table, check, twin.target),),
        revert=(constraints.drop(table, check),),
        reverted=~probes.constraint_exists(table, check),
    )
    validated = Step(
        name=f"validate not null {twin.target}",
        phase=phase,
        summary=f"no row has a null in {twin.target}",
        done=refused | probes.constraint_is_valid(table, check),
        statements=(constraints.validate(table, check),),
    )
    # The check proves the absence of nulls to SET NOT NULL, so it goes in a command after it.
    final = Step(
        name=f"not null {twin.target}",
        phase=phase,
        summary=f"{twin.target} is NOT NULL",
        done=twin.finished
        | (probes.nulls_are_refused(table, twin.target) & ~probes.constraint_exists(table, check)),
        statements=(*_set_not_null(twin, carried), constraints.drop(table, check)),
        revert=(columns.drop_not_null(table, twin.target),),
        reverted=~probes.nulls_are_refused(table, twin.target),
    )
    return added, validated, final


def _set_not_null(twin: Twin, carried: CarriedCheck | None) -> Iterator[Statement]:
    if carried is None:
        yield columns.set_not_null(twin.table, twin.target)
        return
    constraint = carried.original if twin.is_original else carried.twin
    yield constraints.add_not_null(twin.table, constraint.name, twin.target)
    yield from _comments(twin, constraint)
