"""Steps that several kinds are made of: a constraint added and proved, an index, a NOT NULL.

`finished` is true once the change has gone past what the step makes, so that the step's probe
stays true after every later one; most kinds never do (NEVER).
"""

from expandcontract.ddl import columns, constraints, indexes, probes
from expandcontract.model.catalog import ConstraintKind, Index, Table
from expandcontract.model.names import MAX_IDENTIFIER_BYTES, TableName
from expandcontract.model.phase import Phase
from expandcontract.model.plan import Cleanup, Step
from expandcontract.model.probe import NEVER, Probe

NAMED_NOT_NULL = 18
"""From this major on, NOT NULL is a constraint that can be added now and validated later."""


def unproved_step(
    table: TableName, phase: Phase, name: str, definition: str, finished: Probe = NEVER
) -> Step:
    """Hold new rows to a constraint of that definition; rows that exist are not looked at."""
    exists = probes.constraint_exists(table, name)
    return Step(
        name=f"constraint {name}",
        phase=phase,
        summary=f"{name} holds new rows of {table.plain}",
        done=finished | exists,
        statements=(constraints.add_not_valid(table, name, definition),),
        revert=(constraints.drop(table, name),),
        reverted=~exists,
    )


def validate_step(table: TableName, phase: Phase, name: str, finished: Probe = NEVER) -> Step:
    """Prove a constraint for the rows that were there before it."""
    return Step(
        name=f"validate {name}",
        phase=phase,
        summary=f"{name} holds every row of {table.plain}",
        done=finished | probes.constraint_is_valid(table, name),
        statements=(constraints.validate(table, name),),
    )


def built_index_step(table: TableName, phase: Phase, index: Index, finished: Probe = NEVER) -> Step:
    """Build an index concurrently; a broken one that an earlier attempt left is dropped first."""
    drop = indexes.drop_concurrently(table, index.name)
    return Step(
        name=f"index {index.name}",
        phase=phase,
        summary=f"the index {index.name} on {table.plain} is valid",
        done=finished | probes.index_is_valid(table, index.name),
        statements=(indexes.create_concurrently(table, index),),
        cleanups=(Cleanup(needed=probes.index_is_invalid(table, index.name), statement=drop),),
        running=probes.index_is_worked_on(table, index.name),
        revert=(drop,),
        reverted=~probes.index_exists(table, index.name),
    )


def dropped_index_step(table: Table, phase: Phase, name: str) -> Step:
    """Drop an index, concurrently where that is known; nothing leads back from this step alone."""
    of, is_spread = table.name, table.is_partitioned
    drop = indexes.drop_from_all if is_spread else indexes.drop_concurrently
    return Step(
        name=f"drop {name}",
        phase=phase,
        summary=f"the index {name} of {of.plain} is gone",
        done=~probes.index_exists(of, name),
        statements=(drop(of, name),),
        running=None if is_spread else probes.index_is_worked_on(of, name),
    )


def nulls_refused_step(
    table: Table, phase: Phase, column: str, check: str, major: int, finished: Probe = NEVER
) -> Step:
    """Refuse nulls in new rows: by a check of that name, or from 18 on by NOT NULL itself."""
    name, held = table.name, finished | probes.nulls_are_refused(table.name, column)
    constraint = _own_name(table, column, major)
    if constraint is None:
        made = constraints.add_not_null_check(name, check, column)
        exists = probes.constraint_exists(name, check)
        undone = constraints.drop(name, check)
    else:
        made = constraints.add_not_null_not_valid(name, constraint, column)
        exists = probes.nulls_are_refused(name, column)
        undone = columns.drop_not_null(name, column)
    return Step(
        name=f"not null check {column}",
        phase=phase,
        summary=f"new rows have no null in {column}",
        done=held | exists,
        statements=(made,),
        revert=(undone,),
        reverted=~exists,
    )


def not_null_steps(
    table: Table, phase: Phase, column: str, check: str, major: int, finished: Probe = NEVER
) -> tuple[Step, ...]:
    """Prove the absence of nulls while everybody works, and make the column NOT NULL.

    `nulls_refused_step` has come before it, with the same arguments.
    """
    name = table.name
    proved = finished | probes.no_null_is_left(name, column)
    constraint = _own_name(table, column, major)
    validated = Step(
        name=f"validate not null {column}",
        phase=phase,
        summary=f"no row has a null in {column}",
        done=proved | probes.constraint_is_valid(name, constraint or check),
        statements=(constraints.validate(name, constraint or check),),
    )
    if constraint is not None:
        return (validated,)
    # The check proves the absence of nulls to SET NOT NULL, so it goes in a command after it.
    final = Step(
        name=f"not null {column}",
        phase=phase,
        summary=f"{column} is NOT NULL",
        done=finished
        | (probes.no_null_is_left(name, column) & ~probes.constraint_exists(name, check)),
        statements=(columns.set_not_null(name, column), constraints.drop(name, check)),
        revert=(
            # Back to where the phase began: the check holds new rows, and says nothing of others.
            constraints.add_not_null_check(name, check, column),
            columns.drop_not_null(name, column),
        ),
        reverted=~probes.nulls_are_refused(name, column),
    )
    return validated, final


def _own_name(table: Table, column: str, major: int) -> str | None:
    """The name that the server would give the constraint, where it can be foretold."""
    name = f"{table.name.name}_{column}_not_null"
    taken = any(constraint.name == name for constraint in table.constraints)
    is_cut = len(name.encode()) > MAX_IDENTIFIER_BYTES
    return None if major < NAMED_NOT_NULL or taken or is_cut else name


def not_null_constraint(table: Table, column: str) -> str | None:
    """The name of the constraint behind NOT NULL; before 18 it has none."""
    for constraint in table.constraints:
        if constraint.kind is ConstraintKind.NOT_NULL and column in constraint.columns:
            return constraint.name
    return None
