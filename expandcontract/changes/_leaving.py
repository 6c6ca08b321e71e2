"""What a change does not carry, and the author's word for each thing."""

import re
from collections.abc import Iterable, Iterator

from expandcontract.changes._claiming import is_of_another
from expandcontract.model.catalog import Column, ConstraintKind, Table

_BARE_VIEW = re.compile(r'^((?:materialized )?view )([^".\s]+|"(?:[^"]|"")+")$')


def hanging(table: Table, column: Column) -> Iterator[str]:
    """Everything on the column that a split or a merge of it does not carry."""
    for name, value in column.properties.items():
        if name not in {"type", "default", "collation", "storage", "compression"}:
            what = "" if name == "NOT NULL" else f" ({value})"
            yield f"{name} of {column.name}{what}"
    for index in table.indexes:
        is_own = index.constraint is None and not is_of_another(index.name)
        if column.name in index.columns and is_own:
            yield f"index {index.name}"
    for constraint in table.constraints:
        is_other = constraint.kind is ConstraintKind.NOT_NULL or is_of_another(constraint.name)
        if column.name in constraint.columns and not is_other:
            yield f"constraint {constraint.name}"
    yield from (dependent.description for dependent in table.dependents_of(column.name))


def unspoken(found: Iterable[str], leave: tuple[str, ...]) -> Iterator[str]:
    """What nobody has given their word for; a remark in parentheses need not be repeated."""
    for what in dict.fromkeys(found):
        if not is_left(what, leave):
            yield (
                f"{what} would not be carried over; see to it yourself, and say "
                f'leave=("{essence(what)}",)'
            )


def is_left(what: str, leave: tuple[str, ...]) -> bool:
    """Whether somebody has given their word for it; `public.` may be said of a view or not."""
    return essence(what) in {essence(text) for text in leave}


def essence(text: str) -> str:
    """What a word is given for: without the remark, and a view with its schema.

    A server names the schema always, and a schema that was replayed names `public` never.
    """
    return _BARE_VIEW.sub(r"\1public.\2", text.partition(" (")[0].strip())
