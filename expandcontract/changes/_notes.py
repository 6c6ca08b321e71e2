"""What an author should know before a change of columns starts."""

from collections.abc import Iterator

from expandcontract.changes._pair import Pair
from expandcontract.ddl.sides import PREFIX, Sync
from expandcontract.model.catalog import ConstraintKind, Table
from expandcontract.model.names import TableName, quoted

PREPARED_ANEW = (
    "until it is prepared anew (DEALLOCATE ALL, or a new connection; psycopg does it after a "
    "ROLLBACK, in autocommit never)"
)
"""What becomes of a statement that the server has prepared, and that DDL has made useless."""


def notes(sync: Sync, table: TableName) -> tuple[str, ...]:
    """In the order in which they matter."""
    return tuple(_notes(sync, table))


def _notes(sync: Sync, table: TableName) -> Iterator[str]:
    if sync.strict:
        yield (
            "strict: a write that gives both sides, with different values, is refused and counted "
            "as a conflict"
        )
    else:
        yield (
            "an INSERT that gives both columns, with different values, is counted as a conflict; "
            "the side with authority wins"
        )
    yield (
        f"a prepared SELECT * on {table.plain} fails in every connection once the column is added "
        f"or dropped, {PREPARED_ANEW}"
    )


def by_position(*tables: TableName) -> Iterator[str]:
    """What contract does to statements that name no columns; PostgreSQL cannot reorder columns."""
    names = ", ".join(dict.fromkeys(table.plain for table in tables))
    if names:
        yield (
            f"after contract the columns of {names} stand in another order: INSERT … VALUES and "
            "COPY without a list of columns write into others, without an error where types "
            "allow it, and what reads SELECT * by position reads others; name the columns first"
        )


def published(table: Table, new: tuple[str, ...], kept: tuple[str, ...] = ()) -> Iterator[str]:
    """What subscribers need: replication stops at the first row with a column that they have not.

    A publication that lists its columns sends no other.
    """
    whole = [name for name in table.publications if not _lists_columns(table, name)]
    if whole and (new or kept):
        names = [
            *(f"{name} before expand" for name in new),
            *(f"{n} before contract" for n in kept),
        ]
        yield (
            f"{table.name.plain} is published ({', '.join(whole)}), and replication stops at the "
            f"first row with a column that a subscriber has not: add there {', '.join(names)}"
        )


def _lists_columns(table: Table, publication: str) -> bool:
    begins = tuple(f"ALTER PUBLICATION {name} " for name in (publication, quoted(publication)))
    added = [item.again[-1] for item in table.dependents if item.class_ == "pg_publication_rel"]
    return any(
        text.startswith(begins) and text.partition(" WHERE (")[0].endswith(")") for text in added
    )


def deferrable(pair: Pair) -> Iterator[str]:
    """What a twin's index refuses while it is not yet a constraint, which may wait."""
    names = [
        index.constraint.name
        for member in pair.members
        for index in member.hung.indexes
        if index.constraint is not None and index.constraint.deferrable
    ]
    if names:
        yield (
            f"DEFERRABLE: {', '.join(names)}; while its index on {pair.new.name} is built a "
            "statement that passes values from row to row (SET n = n + 1) fails at once, and can "
            "be tried again once it is a constraint: choose a time without such statements"
        )


def unproven(table: Table) -> Iterator[str]:
    """What rows may break: PostgreSQL looks at it at every UPDATE, a backfill's too."""
    for held in table.constraints:
        if held.valid or held.kind not in {ConstraintKind.CHECK, ConstraintKind.NOT_NULL}:
            continue
        condition = held.definition.removesuffix(" NOT VALID").removeprefix("CHECK ")
        if held.kind is ConstraintKind.NOT_NULL:
            condition = f"({' AND '.join(f'{quoted(c)} IS NOT NULL' for c in held.columns)})"
        ours = held.name.startswith(PREFIX)
        whose = f"{held.name}, of a change that is not switched yet," if ours else held.name
        first = "switch that change first, or look" if ours else "look first"
        yield (
            f"the {held.kind} {whose} is NOT VALID: a row that breaks it stops the backfill; "
            f"{first}: SELECT * FROM {table.name} WHERE NOT {condition}"
        )
