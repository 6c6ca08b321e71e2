"""What reads a column by its number: views, policies, triggers, rules, functions, publications.

None of their texts is rewritten. For a moment of the contract's transaction the new column has the
old one's name; there each definition is given again as it stands, and means the new column.
"""

from collections.abc import Iterator

from expandcontract.ddl import reading_probes, verbatim
from expandcontract.model.catalog import Column, Dependent, Table
from expandcontract.model.names import quoted
from expandcontract.model.phase import Phase
from expandcontract.model.plan import Step
from expandcontract.model.statement import Statement

_UPDATE_OF = " UPDATE OF "


def restorable(table: Table, column: Column, *, retyped: bool) -> tuple[Dependent, ...]:
    """What can be made again on another column of that name."""
    return tuple(
        dependent
        for dependent in table.dependents_of(column.name)
        if dependent.again and not (retyped and _depends_on_type(dependent))
    )


def _depends_on_type(dependent: Dependent) -> bool:
    """Whether the new type would change what others see of it."""
    if dependent.class_ == "pg_rewrite" and dependent.made:
        return not dependent.drop  # a view that is used by others cannot be dropped
    return dependent.class_ == "pg_proc"


def before(found: tuple[Dependent, ...], table: Table, *, retyped: bool) -> Iterator[Statement]:
    """What has to go first where the type changes: a view cannot change its columns' types."""
    for dependent in found:
        if retyped and dependent.drop:
            yield from (verbatim.on(table.name, sql) for sql in dependent.drop)


def again(found: tuple[Dependent, ...], table: Table, *, retyped: bool) -> Iterator[Statement]:
    """Each definition as it stands, for whatever column has the name now."""
    for dependent in found:
        texts = dependent.made if retyped and dependent.made else dependent.again
        yield from (verbatim.on(table.name, sql) for sql in texts)


def widened(found: tuple[Dependent, ...], table: Table, new: str) -> Iterator[Statement]:
    """Triggers of UPDATE OF the column fire for the new one too, while both are written."""
    for dependent in found:
        if dependent.columns and _UPDATE_OF in dependent.again[0]:
            head, _, tail = dependent.again[0].partition(_UPDATE_OF)
            sql = f"{head}{_UPDATE_OF}{quoted(new)}, {tail}"
            yield from (verbatim.on(table.name, text) for text in (sql, *dependent.again[1:]))


def narrowed(found: tuple[Dependent, ...], table: Table) -> Iterator[Statement]:
    """The same triggers as they were."""
    for dependent in found:
        if dependent.columns:
            yield from (verbatim.on(table.name, text) for text in dependent.again)


def return_step(
    found: tuple[Dependent, ...], table: Table, column: Column, new: str, *, retyped: bool
) -> Iterator[Step]:
    """On the way back from contract: all of it on the old column again, once that is filled."""
    if not found:
        return
    names = ", ".join(dependent.description for dependent in found)
    yield Step(
        name=f"readers of {column.name}",
        phase=Phase.CONTRACT,
        summary=f"{names} read {column.name} again",
        done=reading_probes.is_read_by(table.name, column.name, len(found)),
        statements=(
            *before(found, table, retyped=retyped),
            *again(found, table, retyped=retyped),
            *widened(found, table, new),
        ),
    )
