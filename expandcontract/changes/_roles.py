"""What an index is to its table and another one would not be."""

from collections.abc import Iterator

from expandcontract.changes._carrying import CarriedIndex
from expandcontract.ddl import indexes, reading_probes
from expandcontract.model.names import TableName
from expandcontract.model.phase import Phase
from expandcontract.model.plan import Step
from expandcontract.model.statement import Statement


def give_roles(table: TableName, carried: tuple[CarriedIndex, ...]) -> Iterator[Statement]:
    """To the indexes that have the originals' names now."""
    for index in (one.original for one in carried):
        if "REPLICA IDENTITY" in index.roles:
            yield indexes.identify_rows(table, index.name)
        if "CLUSTER" in index.roles:
            yield indexes.order_rows(table, index.name)
        for number, target in index.statistics:
            yield indexes.set_statistics(table, index.name, number, target)


def roles_step(table: TableName, carried: tuple[CarriedIndex, ...]) -> Iterator[Step]:
    """On the way back from contract, once the originals stand again."""
    for one in carried:
        index = one.original
        if index.roles or index.statistics:
            yield Step(
                name=f"roles of {index.name}",
                phase=Phase.CONTRACT,
                summary=f"{index.name} is to the table what it was",
                done=reading_probes.index_has_roles(table, index),
                statements=tuple(give_roles(table, (one,))),
            )
