"""The sequence of a serial or an identity column goes with the column that stays."""

from collections.abc import Iterator

from expandcontract.changes._carrying import helper
from expandcontract.ddl import reading_probes, sequences
from expandcontract.model.catalog import Column
from expandcontract.model.names import TableName
from expandcontract.model.phase import Phase
from expandcontract.model.plan import Step
from expandcontract.model.statement import Statement

_COUNTED = frozenset({"smallint", "integer", "bigint"})


def hand_over(
    table: TableName, old: Column, source: str, target: str, type_: str, key: str
) -> Iterator[Statement]:
    """From one column of the table to the other; an identity needs a sequence of its own."""
    sequence = old.sequence
    if sequence is None:
        return
    type_ = type_ if type_ in _COUNTED else sequence.type
    if not old.identity:
        yield sequences.own(sequence.name, table, target)
        if type_ != sequence.type:
            yield sequences.retype(sequence.name, type_)
        return
    interim = TableName(helper(key, "s"), sequence.name.schema)
    yield sequences.rename(sequence.name, interim.name)
    yield sequences.add_identity(table, target, old.identity, sequence, type_)
    yield sequences.go_on_from(sequence.name, interim)
    yield from sequences.said_again(sequence)
    yield sequences.drop_identity(table, source)


def hand_back(table: TableName, old: Column, new: str, key: str) -> Iterator[Step]:
    """On the way back from contract, once the old column refuses nulls again."""
    if old.sequence is None:
        return
    kind = "" if old.identity else old.sequence.type
    back = tuple(hand_over(table, old, new, old.name, old.type, key))
    if kind:
        back = (*back, sequences.retype(old.sequence.name, kind))
    yield Step(
        name=f"numbers of {old.name}",
        phase=Phase.CONTRACT,
        summary=f"{old.name} is numbered by {old.sequence.name.plain} again",
        done=reading_probes.is_numbered_by(table, old.name, old.sequence.name),
        statements=back,
    )
