"""The steps that exchange a type together with every column of it."""

from collections.abc import Iterator

from expandcontract.changes._colliding import colliding, collisions
from expandcontract.changes._enum_values import EnumValues
from expandcontract.changes._exchange import both_again, refill, retire
from expandcontract.changes._freshening import freshen, stop_following
from expandcontract.changes._notes import PREPARED_ANEW, by_position, notes, published
from expandcontract.changes._pair import Pair
from expandcontract.changes._pair_words import assumptions, retired
from expandcontract.changes._tree_columns import dropped
from expandcontract.changes._trying import trials
from expandcontract.changes._twin import newcomers_step
from expandcontract.ddl import enums, grants, probes, sync, tables
from expandcontract.model.catalog import EnumType
from expandcontract.model.names import TableName
from expandcontract.model.phase import Phase
from expandcontract.model.plan import Plan, Step
from expandcontract.model.probe import Probe
from expandcontract.model.statement import Statement
from expandcontract.model.trial import Trial

PHASE = Phase.CONTRACT


def enum_plan(values: EnumValues, pairs: tuple[Pair, ...], *, lossy: bool) -> Plan:
    """All steps; the exchange is one transaction over all tables."""
    finished = probes.enum_has(values.enum.name, values.labels)
    for pair in pairs:
        finished &= ~probes.column_exists(pair.name, pair.new.name)
    enum = values.enum.name
    return Plan(
        steps=(
            _make(values, finished),
            *(pair.expand() for pair in pairs),
            *(step for pair in pairs for step in pair.fill()),
            *(step for pair in pairs for step in pair.prove()),
            *(pair.lead() for pair in pairs),
            *(
                step
                for pair in pairs
                for step in newcomers_step(pair.table, pair.forward, pair.label)
            ),
            _exchange(values, pairs, finished),
            *map(stop_following, pairs),
        ),
        comeback=(
            *(step for pair in pairs for step in freshen(pair, values.after(pair.old))),
            _return(values, pairs),
            *(step for pair in pairs for step in refill(pair)),
        ),
        close=_close(values, pairs, finished),
        remake=(
            _return(values, pairs, remade=True),
            *(step for pair in pairs for step in refill(pair)),
        ),
        assumptions=tuple(one for pair in pairs for one in assumptions(pair)),
        retires=tuple(one for pair in pairs for one in retired(pair)),
        claims=((enum.plain, "type"), *(claim for pair in pairs for claim in pair.claims)),
        counters={"conflicts": pairs[0].sync.conflicts} if pairs else {},
        notes=(
            *dict.fromkeys(note for pair in pairs for note in notes(pair.sync, pair.name)),
            *(
                note
                for pair in pairs
                for note in published(pair.table, (pair.new.name,), (pair.tombstone,))
            ),
            (
                f"from the contract on {enum.plain} has other values under the same name; until "
                "then code writes the old ones, or uses the columns named …_new"
            ),
            (
                "after the contract a statement that was prepared and takes or returns a value of "
                f"the type fails in every connection, {PREPARED_ANEW}: let them be prepared anew "
                "at once, or prepare none meanwhile (prepare_threshold=None)"
            ),
            *_in_another_order(values),
            *(note for pair in pairs if values.merged for note in colliding(pair)),
            *by_position(*(pair.name for pair in pairs)),
        ),
        trials=tuple(_trials(values, pairs, lossy=lossy)),
    )


def _in_another_order(values: EnumValues) -> Iterator[str]:
    """What compares values by their order means other rows, and a check refuses other ones."""
    kept = [label for label in values.enum.labels if label in values.labels]
    if kept != [label for label in values.labels if label in kept]:
        yield (
            "its values are in another order: checks, policies and partial indexes with <, >= or "
            "BETWEEN, and every ORDER BY, mean that one; from expand on a check of the old order "
            "and one of the new order hold each row: drop such a check first"
        )


def _make(values: EnumValues, finished: Probe) -> Step:
    exists = probes.type_exists(values.interim)
    return Step(
        name="type",
        phase=Phase.EXPAND,
        summary=f"a type with the values {', '.join(values.labels)} stands beside the old one",
        done=finished | exists,
        statements=(
            enums.create(values.interim, values.labels),
            *_like(values.enum, values.interim),
        ),
        revert=(enums.drop(values.interim),),
        reverted=~exists,
    )


def _like(enum: EnumType, name: TableName) -> Iterator[Statement]:
    """What was said of the type, and who may use it."""
    if enum.comment is not None:
        yield enums.comment(name, enum.comment)
    if enum.owner is not None:
        yield enums.give_to(name, enum.owner)
    if enum.privileges is not None:
        yield from grants.on_type(enum.privileges, name)


def _exchange(values: EnumValues, pairs: tuple[Pair, ...], finished: Probe) -> Step:
    return Step(
        name="exchange",
        phase=PHASE,
        summary=f"{values.enum.name.plain} has the new values, in every column of it",
        done=finished,
        statements=(
            *_locks(pairs),
            *(statement for pair in pairs for statement in retire(pair)),
            enums.rename(values.enum.name, values.tombstone.name),
            enums.rename(values.interim, values.enum.name.name),
        ),
    )


def _locks(pairs: tuple[Pair, ...]) -> Iterator[Statement]:
    for table in sorted({pair.name for pair in pairs}):
        yield tables.lock_exclusively(table)


def _return(values: EnumValues, pairs: tuple[Pair, ...], *, remade: bool = False) -> Step:
    done = probes.type_exists(values.interim)
    for pair in pairs:
        done &= probes.sync_stands(pair.sync)
    old = enums.rename(values.tombstone, values.enum.name.name)
    if remade:
        old = enums.create(values.enum.name, values.enum.labels)
    return Step(
        name="both types again",
        phase=PHASE,
        summary="both types and all their columns stand again, and triggers keep them",
        done=done,
        statements=(
            *_locks(pairs),
            *(one for pair in pairs if not remade for one in sync.drop(pair.sync)),
            enums.rename(values.enum.name, values.interim.name),
            old,
            *(statement for pair in pairs for statement in both_again(pair, remade=remade)),
        ),
    )


def _close(values: EnumValues, pairs: tuple[Pair, ...], finished: Probe) -> tuple[Step, ...]:
    gone = finished & ~probes.type_exists(values.tombstone)
    return (
        *(
            Step(
                name=f"drop what was kept of {pair.name.plain}.{pair.old.name}",
                phase=PHASE,
                summary=f"the old values of {pair.name.plain}.{pair.old.name} are gone for good",
                done=finished & ~probes.column_exists(pair.name, pair.tombstone),
                statements=tuple(dropped(pair.table, pair.tombstone, like=pair.old.name)),
            )
            for pair in pairs
        ),
        Step(
            name="drop the old type",
            phase=PHASE,
            summary=f"the type that {values.enum.name.plain} was is gone",
            done=gone,
            statements=(enums.drop(values.tombstone),),
        ),
    )


def _trials(values: EnumValues, pairs: tuple[Pair, ...], *, lossy: bool) -> Iterator[Trial]:
    yield Trial(
        text=f"a type with the values {', '.join(values.labels)}",
        sql=enums.create(values.interim, values.labels).sql,
        is_preparation=True,
    )
    for pair in pairs:
        yield from trials(pair, lossy=lossy)
        if values.merged:
            is_array = pair.old.type.endswith("[]")
            yield from collisions(pair, "" if is_array else values.is_merged(pair.old.name))
