"""The contract of a pair of columns in one transaction, the way back from it, and its close."""

from collections.abc import Iterator

from expandcontract.changes import _twin
from expandcontract.changes._names import give_names_back, take_names
from expandcontract.changes._numbering import hand_back, hand_over
from expandcontract.changes._pair import Pair
from expandcontract.changes._pointing import point_back, point_on, pointed, tables_of
from expandcontract.changes._restoring import again, before, return_step
from expandcontract.changes._roles import give_roles, roles_step
from expandcontract.ddl import columns, grants, probes, sync, tables
from expandcontract.model.phase import Phase
from expandcontract.model.plan import Step
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
        yield from pair.hung.disarm()
        yield from _exchanged(pair)
    elif pair.readers:
        yield from _exchanged(pair)
        yield columns.drop(table, pair.tombstone)
        yield columns.rename(table, old, new)
    else:
        yield columns.drop(table, old)
    yield from take_names(table, pair.hung.indexes, pair.hung.named_checks)
    yield from give_roles(table, pair.hung.indexes)
    yield from pair.take_default(pair.final, pair.default)


def _exchanged(pair: Pair) -> Iterator[Statement]:
    """The new column under the old one's name, and all that read the old one on it."""
    yield from before(pair.readers, pair.table, retyped=pair.is_retyped)
    yield columns.rename(pair.name, pair.old.name, pair.tombstone)
    yield columns.rename(pair.name, pair.new.name, pair.old.name)
    yield from again(pair.readers, pair.table, retyped=pair.is_retyped)


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
            statements=(columns.drop(pair.name, pair.tombstone),),
        ),
    )


def both_again(pair: Pair, *, remade: bool = False) -> Iterator[Statement]:
    """Both columns under the names that they had at the switch, and the trigger."""
    table, old, new = pair.name, pair.old.name, pair.new.name
    yield from point_back(pair.pointing)
    yield from give_names_back(table, pair.hung.indexes, pair.hung.named_checks)
    if pair.default is not None:
        yield columns.drop_default(table, pair.final)
    if pair.takes_name:
        yield columns.rename(table, old, new)
    if pair.takes_name and not remade:
        yield columns.rename(table, pair.tombstone, old)
    else:
        yield columns.add(table, old, pair.old)
        yield from columns.properties(table, old, pair.old)
        yield from grants.on_column(pair.old, table, old)
    yield from pair.take_default(old, pair.old.default)
    yield from sync.create(pair.sync, new_leads=True)


def comeback(pair: Pair, *, remade: bool = False) -> tuple[Step, ...]:
    """The old column again: from the tombstone, or made again from the new one."""
    stands = probes.column_exists(pair.name, pair.old.name) & probes.sync_stands(pair.sync)
    first = Step(
        name="old column again",
        phase=PHASE,
        summary=f"{pair.old.name} stands beside {pair.new.name} again, and a trigger keeps both",
        done=stands & probes.column_exists(pair.name, pair.new.name),
        statements=(*locks(pair), *both_again(pair, remade=remade)),
    )
    return first, *refill(pair)


def refill(pair: Pair) -> tuple[Step, ...]:
    """The old column filled, and held by all that held it."""
    backward = pair.backward
    return (
        _twin.copy_step(backward, PHASE, f"copy back{pair.label}"),
        *pair.hung.built(backward, PHASE),
        *pair.hung.held(backward, PHASE),
        *pointed(pair.pointing, backward, PHASE),
        *hand_back(pair.name, pair.old, pair.new.name, pair.key),
        *roles_step(pair.name, pair.hung.indexes),
        *return_step(pair.readers, pair.table, pair.old, pair.new.name, retyped=pair.is_retyped),
        _twin.verify_step(pair.backward_check, PHASE, f"verify back{pair.label}"),
    )
