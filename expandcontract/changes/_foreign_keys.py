"""A foreign key on a tree of tables: at once, or on each table that has rows."""

from collections.abc import Iterator
from dataclasses import replace

from expandcontract.changes._steps import unproved_step, validate_step
from expandcontract.changes._trees import is_gone, leaves
from expandcontract.ddl import constraints, probes, tree_probes
from expandcontract.model.catalog import Table
from expandcontract.model.names import TableName
from expandcontract.model.phase import Phase
from expandcontract.model.plan import Step
from expandcontract.model.probe import NEVER, Probe

PARTITIONED_SINCE = 18
"""The first major that takes NOT VALID foreign keys on a partitioned table."""


def foreign_key_steps(
    table: Table, name: str, definition: str, major: int, *, offenders: str = ""
) -> Iterator[Step]:
    """Hold new rows from expand on, and all of them from the switch on.

    The children of a table inherit no foreign key, so each of them gets its own.
    """
    if not table.parts or (table.is_partitioned and major >= PARTITIONED_SINCE):
        yield unproved_step(table.name, Phase.EXPAND, name, definition)
        yield replace(validate_step(table.name, Phase.SWITCH, name), offenders=offenders)
    elif table.is_partitioned:
        yield from part_by_part(
            table, name, definition, (Phase.EXPAND, Phase.SWITCH), offenders=offenders
        )
    else:
        for one in (table, *table.parts):
            gone = NEVER if one is table else is_gone(table.name, one.name)
            yield _held(one.name, Phase.EXPAND, name, definition, gone)
        for one in (table, *table.parts):
            gone = NEVER if one is table else is_gone(table.name, one.name)
            proved = validate_step(one.name, Phase.SWITCH, name, gone)
            title = f"validate {name} of {one.name.plain}"
            yield replace(proved, name=title, offenders=offenders)


def part_by_part(
    table: Table,
    name: str,
    definition: str,
    phases: tuple[Phase, Phase],
    finished: Probe = NEVER,
    *,
    offenders: str = "",
) -> Iterator[Step]:
    """Before 18: each partition is held, and proved; then the parent takes over what they have.

    A foreign key that stands and is valid on a partition is not proved again.
    """
    parts = [(part.name, finished | is_gone(table.name, part.name)) for part in leaves(table)]
    for part, done in parts:
        yield _held(part, phases[0], name, definition, done)
    for part, done in parts:
        # Taking the parent's back takes the partitions' along: what expand made is made again.
        yield replace(
            validate_step(part, phases[1], name, done),
            name=f"validate {name} of {part.plain}",
            offenders=offenders,
            revert=(constraints.add_not_valid(part, name, definition),),
            reverted=probes.constraint_exists(part, name) | done,
        )
    without = tree_probes.leaves_without(table.name, name)
    valid = finished | probes.constraint_is_valid(table.name, name)
    yield Step(
        name=f"every partition has {name}",
        phase=phases[1],
        summary=f"no partition of {table.name.plain} would have to be looked at again; add "
        f"{name} to those that came meanwhile, and validate it there",
        done=valid | Probe(f"NOT EXISTS ({without.replace('%', '%%')})"),
        offenders=without,
    )
    yield Step(
        name=f"constraint {name}",
        phase=phases[1],
        summary=f"{name} holds {table.name.plain}, and every partition to come",
        done=valid,
        statements=(constraints.add_held_by_all(table.name, name, definition),),
        revert=(replace(constraints.drop(table.name, name), spreads=True),),
        reverted=~probes.constraint_exists(table.name, name),
    )


def _held(part: TableName, phase: Phase, name: str, definition: str, done: Probe) -> Step:
    step = unproved_step(part, phase, name, definition, done)
    return replace(step, name=f"constraint {name} of {part.plain}")
