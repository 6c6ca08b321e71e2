"""The contract of a pair of columns in one transaction, the way back from it, and its close."""

from collections.abc import Iterator
from dataclasses import replace

from expandcontract.changes import _twin
from expandcontract.changes._freshening import freshen
from expandcontract.changes._names import give_names_back, take_names
from expandcontract.changes._numbering import hand_back, hand_over
from expandcontract.changes._pair import Pair
from expandcontract.changes._pointing import point_back, point_on, pointed, tables_of
from expandcontract.changes._restoring import again, before, return_step
from expandcontract.changes._roles import give_roles, roles_step
from expandcontract.changes._tree_columns import added, dropped
from expandcontract.changes._trees import is_gone
from expandcontract.ddl import columns, probes, sync, tables
from expandcontract.model.phase import Phase
from expandcontract.model.plan import Step
from expandcontract.model.probe import NEVER
from expandcontract.model.statement import Statement

PHASE = Phase.CONTRACT


def locks(pair: Pair) -> Iterator[Statement]:
    """The table first, then those that point at it."""
    yield tables.lock_exclusively(pair.name)
    yield from tables_of(pair.pointing, pair.name)


def retire(pair: Pair) -> Iterator[Statement]:
    """Triggers first, columns next, names last, in one transaction: nobody sees a half."""
    table, old, new = pair.name, pair.old.name, pair.new.name
    yield from sync.drop(pair.sync)
    yield from point_on(pair.pointing)
    yield from hand_over(table, pair.old, old, new, pair.new.type, pair.key)
    if pair.takes_name:
        for member in pair.members:
            yield from member.statements(member.hung.disarm())
        yield from _exchanged(pair)
    elif pair.has_readers:
        yield from _exchanged(pair)
        yield from dropped(pair.table, pair.tombstone, like=old)
        yield columns.rename(table, old, new)
    else:
        yield from dropped(pair.table, old, like=old)
    for member in pair.members:
        at, of = member.table.name, member.hung
        yield from member.statements(take_names(at, of.indexes, of.named_checks))
        yield from member.statements(give_roles(at, member.roles))
    yield from pair.take_default(pair.final, pair.default)


def _exchanged(pair: Pair) -> Iterator[Statement]:
    """The new column under the old one's name, and all that read the old one on it."""
    for one in pair.members:
        yield from one.statements(before(one.readers, one.table, retyped=pair.is_retyped))
    yield columns.rename(pair.name, pair.old.name, pair.tombstone)
    yield columns.rename(pair.name, pair.new.name, pair.old.name)
    for one in pair.members:
        yield from one.statements(again(one.readers, one.table, retyped=pair.is_retyped))


def retire_step(pair: Pair) -> Step:
    """The contract of one pair."""
    gone = f"{pair.old.name} and the trigger are gone; all that hung on it hangs on {pair.new.name}"
    taken = f"{pair.old.name} is of type {pair.new.type}; what it was is kept until the close"
    return Step(
        name="retire",
        phase=PHASE,
        summary=taken if pair.takes_name else gone,
        done=pair.finished,
        statements=(*locks(pair), *retire(pair)),
    )


def close_steps(pair: Pair) -> tuple[Step, ...]:
    """Drop the tombstone."""
    if not pair.takes_name:
        return ()
    return (
        Step(
            name="drop what was kept",
            phase=PHASE,
            summary=f"the values that {pair.final} had before the change are gone for good",
            done=pair.finished & ~probes.column_exists(pair.name, pair.tombstone),
            statements=tuple(dropped(pair.table, pair.tombstone, like=pair.old.name)),
        ),
    )


def both_again(pair: Pair, *, remade: bool = False) -> Iterator[Statement]:
    """Both columns under the names that they had at the switch, and the trigger."""
    table, old, new = pair.name, pair.old.name, pair.new.name
    yield from point_back(pair.pointing)
    for member in pair.members:
        at, of = member.table.name, member.hung
        yield from member.statements(give_names_back(at, of.indexes, of.named_checks))
    if pair.default is not None:
        yield columns.drop_default(table, pair.final)
    if pair.takes_name:
        yield columns.rename(table, old, new)
    if pair.takes_name and not remade:
        yield columns.rename(table, pair.tombstone, old)
    else:
        yield from added(pair.table, old, pair.old, like=old)
        yield from pair.of_its_own(pair.old, old)
    yield from pair.take_default(old, pair.old.default)
    yield from sync.create(pair.sync, new_leads=True)


def comeback(pair: Pair, *, remade: bool = False) -> tuple[Step, ...]:
    """The old column again: from the tombstone, or made again from the new one."""
    fresh = freshen(pair) if pair.takes_name and not remade else ()
    stands = probes.column_exists(pair.name, pair.old.name) & probes.sync_stands(pair.sync)
    first = Step(
        name="old column again",
        phase=PHASE,
        summary=f"{pair.old.name} stands beside {pair.new.name} again, and a trigger keeps both",
        done=stands & probes.column_exists(pair.name, pair.new.name),
        statements=(
            *locks(pair),
            *(sync.drop(pair.sync) if fresh else ()),
            *both_again(pair, remade=remade),
        ),
    )
    return *fresh, first, *refill(pair)


def _with_readers(pair: Pair) -> Iterator[Step]:
    """What indexes are to their tables, and what reads the old column, as they were."""
    for one in pair.members:
        gone = NEVER if one.is_root else is_gone(pair.name, one.table.name)
        made = (
            *roles_step(one.table.name, one.roles),
            *return_step(one.readers, one.table, pair.old, pair.new.name, retyped=pair.is_retyped),
        )
        yield from (replace(step, done=gone | step.done) for step in one.steps(made))


def refill(pair: Pair) -> tuple[Step, ...]:
    """The old column filled, and held by all that held it."""
    backward = pair.backward
    return (
        _twin.copy_step(backward, PHASE, f"copy back{pair.label}"),
        *pair.built(backward, PHASE),
        *pair.held(backward, PHASE),
        *pointed(pair.pointing, backward, PHASE),
        *hand_back(pair.name, pair.old, pair.new.name, pair.key),
        *_with_readers(pair),
        _twin.verify_step(pair.backward_check, PHASE, f"verify back{pair.label}"),
    )
