"""What a contracted change of type or enum kept, made fresh before anybody reads it again.

The kept column has the values of the day of contract. Under its helper's name it follows the new
column, one way, and is filled; only then do the names go back, so that nobody sees an old value.
"""

from dataclasses import dataclass, replace

from expandcontract.changes import _twin
from expandcontract.changes._pair import Pair
from expandcontract.changes._rewriting import replaced
from expandcontract.changes._values import Value
from expandcontract.ddl import probes, sync
from expandcontract.ddl.sides import Side, Sync
from expandcontract.model.names import quoted
from expandcontract.model.phase import Phase
from expandcontract.model.plan import Step
from expandcontract.model.types import Type

PHASE = Phase.CONTRACT


@dataclass(frozen=True, slots=True)
class Types:
    """What the types of both columns are called after contract, where that is another name."""

    new: Type
    kept: Type


def _now(pair: Pair, value: Value, column: str, type_: Type | None) -> Value:
    """One side from the other, under the names that both have after contract."""
    names = {pair.new.name: quoted(pair.final), pair.old.name: quoted(pair.tombstone)}
    return replace(
        value,
        column=column,
        type=type_ or value.type,
        text=replaced(value.text, names, folded=True),
        names=(*(name for name in value.names if name != pair.new.name), pair.tombstone),
    )


def _following(pair: Pair, down: Value) -> Sync:
    """Only the new column is written; the other one is nobody's yet."""
    return replace(
        pair.sync,
        old=(
            Side(column=pair.final, value=None, equality_is_identity=pair.new.equality_is_identity),
        ),
        new=(
            Side(
                column=pair.tombstone,
                value=down.of_new,
                equality_is_identity=pair.old.equality_is_identity,
            ),
        ),
        watched=tuple(
            Side(
                column=name,
                value=None,
                equality_is_identity=pair.table.column(name).equality_is_identity,
            )
            for name in sorted(down.read - {pair.final, pair.tombstone})
        ),
        strict="",
        counted="",
    )


def freshen(pair: Pair, types: Types | None = None) -> tuple[Step, ...]:
    """A trigger on what is kept, and a copy into it."""
    match pair.up, pair.down:
        case Value() as forth, Value() as written:
            up = _now(pair, forth, pair.final, None if types is None else types.new)
            down = _now(pair, written, pair.tombstone, None if types is None else types.kept)
        case _:
            raise AssertionError
    following, back = _following(pair, down), probes.column_exists(pair.name, pair.new.name)
    twin = replace(
        pair.backward,
        source=pair.final,
        target=pair.tombstone,
        column=replace(pair.old, name=pair.tombstone),
        key=tuple(pair.final if n == pair.new.name else n for n in pair.backward.key),
        value=down.of_row,
        # What was kept and still makes the new value stays: not all of it may come back from that.
        where=pair.not_from(up, pair.tombstone),
        finished=back,
    )
    follows = Step(
        name=f"what was kept follows{pair.label}",
        phase=PHASE,
        summary=f"a trigger keeps the old values true to {pair.final}; nobody reads them yet",
        done=back | probes.sync_stands(following),
        statements=sync.create(following, new_leads=False),
    )
    return follows, _twin.copy_step(twin, PHASE, f"freshen what was kept{pair.label}")


def stop_following(pair: Pair) -> Step:
    """Who contracts again in the middle of the way back has the trigger there still."""
    return Step(
        name=f"nothing follows{pair.label}",
        phase=PHASE,
        summary=f"no trigger of ours is left on {pair.name.plain}",
        done=probes.sync_is_gone(pair.sync),
        statements=sync.drop(pair.sync),
    )
