"""What a plan says of a pair of columns: what goes with it, and what it was made on."""

from collections.abc import Iterator

from expandcontract.changes._pair import Pair
from expandcontract.changes._trees import same_parts
from expandcontract.ddl import probes
from expandcontract.model.definitions import definitions
from expandcontract.model.plan import Assumption, Retired


def retired(pair: Pair) -> tuple[Retired, ...]:
    """What the contract takes away in each table, and what of it is carried."""
    return tuple(
        Retired(
            table=member.table.name,
            column=pair.old.name,
            carried=(
                *member.names,
                *(reader.description for reader in member.readers),
                *(reference.description for reference, _ in pair.pointing),
            ),
            properties=member.properties,
            definitions=definitions(member.table, pair.old.name),
            stays=pair.takes_name,
            part_of=None if member.is_root else pair.name,
        )
        for member in pair.members
    )


def assumptions(pair: Pair) -> Iterator[Assumption]:
    """The old column is still of the type that the plan was made for, and so are the parts."""
    yield Assumption(
        text=f"{pair.name.plain}.{pair.old.name} is of type {pair.old.type}",
        probe=pair.finished | probes.column_is(pair.name, pair.old.name, pair.old.type),
    )
    begun = probes.column_exists(pair.name, pair.new.name)
    yield from same_parts(pair.table, pair.finished | begun)
