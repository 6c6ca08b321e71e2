"""The relations of a database before and after a statement."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import LiteralString

import psycopg

from expandcontract.model.lock import Lock

RELATIONS: LiteralString = """
    SELECT c.oid, n.nspname, c.relname, c.relkind::text,
           coalesce(pg_relation_filenode(c.oid), 0), i.indrelid
    FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_index i ON i.indexrelid = c.oid
    WHERE n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
      AND c.relkind IN ('r', 'p', 'm', 'v', 'f', 'i', 'I')
"""


@dataclass(frozen=True)
class Relation:
    """A table, view or index, and the file that holds it."""

    name: str
    kind: str
    file: int
    table: int | None

    @property
    def is_index(self) -> bool:
        return self.kind in "iI"


Relations = Mapping[int, Relation]


def plans_that_count() -> LiteralString:
    """Settings under which a verified foreign key reads both tables by sequential scans."""
    return "SET enable_indexscan = off; SET enable_indexonlyscan = off; SET enable_bitmapscan = off"


def read_relations(connection: psycopg.Connection) -> Relations:
    return {
        oid: Relation(name if schema == "public" else f"{schema}.{name}", kind, file, table)
        for oid, schema, name, kind, file, table in connection.execute(RELATIONS).fetchall()
    }


def strongest(
    locks: Iterable[tuple[int, Lock]], before: Relations
) -> tuple[dict[str, str], dict[str, str]]:
    """The strongest mode on each table; and on each index, unless it was only planned with."""
    modes: dict[int, Lock] = {}
    for oid, lock in locks:
        if oid in before:
            modes[oid] = max(lock, modes.get(oid, Lock.NONE))
    tables = {before[o].name: str(m) for o, m in modes.items() if not before[o].is_index}
    indexes = {
        before[oid].name: str(mode)
        for oid, mode in modes.items()
        if before[oid].is_index and mode >= Lock.SHARE_UPDATE_EXCLUSIVE
    }
    return tables, indexes


def what_changed(before: Relations, after: Relations) -> tuple[frozenset[str], frozenset[str]]:
    """Tables with new files; and tables with a new or newly written index.

    A change of type may give an index a new identity and keep its file: nothing is built then.
    """
    files = {one.file for one in before.values()}
    new = {oid: one for oid, one in after.items() if one.file not in files}
    rewritten = (oid for oid, one in new.items() if one.kind in "rm" and oid in before)
    built = (one.table for one in new.values() if one.kind == "i" and one.table is not None)
    return (
        frozenset(before[oid].name for oid in rewritten),
        frozenset(before[oid].name for oid in built if oid in before),
    )
