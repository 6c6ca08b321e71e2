"""What a change does not carry, and the author's word for each thing."""

from collections.abc import Iterable, Iterator

from expandcontract.model.catalog import Column, ConstraintKind, Table


def hanging(table: Table, column: Column) -> Iterator[str]:
    """Everything on the column that a split or a merge of it does not carry."""
    for name, value in column.properties.items():
        if name not in {"type", "default", "collation", "storage", "compression"}:
            what = "" if name == "NOT NULL" else f" ({value})"
            yield f"{name} of {column.name}{what}"
    for index in table.indexes:
        if column.name in index.columns and index.constraint is None:
            yield f"index {index.name}"
    for constraint in table.constraints:
        if column.name in constraint.columns and constraint.kind is not ConstraintKind.NOT_NULL:
            yield f"constraint {constraint.name}"
    yield from (dependent.description for dependent in table.dependents_of(column.name))


def unspoken(found: Iterable[str], leave: tuple[str, ...]) -> Iterator[str]:
    """What nobody has given their word for; a remark in parentheses need not be repeated."""
    given = {_essence(text) for text in leave}
    for what in dict.fromkeys(found):
        if _essence(what) not in given:
            yield (
                f"{what} would not be carried over; see to it yourself, and say "
                f'leave=("{_essence(what)}",)'
            )


def _essence(text: str) -> str:
    return text.partition(" (")[0].strip()
