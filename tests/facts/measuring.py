"""What a statement really does on a server, told in the words of `expandcontract.lint.effects`.

The statement runs in a transaction that is rolled back. The session's own `pg_locks` says what it
locked (relation locks last until the end), new file nodes say what it wrote anew, and the
transaction's own statistics say what it scanned. Only relations that stood before are looked at.
"""

from dataclasses import dataclass

import psycopg

RELATIONS = """
    SELECT c.oid, n.nspname, c.relname, c.relkind::text,
           coalesce(pg_relation_filenode(c.oid), 0), i.indrelid
    FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_index i ON i.indexrelid = c.oid
    WHERE n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
      AND c.relkind IN ('r', 'p', 'm', 'v', 'i', 'I')
"""
LOCKS = """
    SELECT relation, mode FROM pg_locks
    WHERE locktype = 'relation' AND granted AND pid = %s
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""
SCANS = """
    SELECT c.oid, pg_stat_get_xact_numscans(c.oid) FROM pg_class c
    WHERE c.relkind IN ('r', 'm') AND pg_stat_get_xact_numscans(c.oid) > 0
"""


@dataclass(frozen=True)
class Relation:
    """A table, view or index, and the file its rows are in."""

    name: str
    kind: str
    file: int
    table: int | None


@dataclass(frozen=True)
class Measured:
    """What was seen; `tables` leaves the locks on indexes out."""

    tables: dict[str, str]
    indexes: dict[str, str]
    rewrites: set[str]
    scans: set[str]
    index_builds: set[str]


def relations(connection: psycopg.Connection) -> dict[int, Relation]:
    found = {}
    for oid, schema, name, kind, file, table in connection.execute(RELATIONS).fetchall():
        plain = name if schema == "public" else f"{schema}.{name}"
        found[oid] = Relation(plain, kind, file, table)
    return found


def measure(connection: psycopg.Connection, sql: str) -> Measured:
    """Run the statement, look, and roll back."""
    before = relations(connection)
    connection.execute("BEGIN")
    try:
        # What is not yet reported counts on.
        scanned: dict[int, int] = dict(connection.execute(SCANS).fetchall())
        connection.execute(sql)
        locks = held(connection, connection.info.backend_pid, before)
        counts = connection.execute(SCANS).fetchall()
        scans = {before[o].name for o, n in counts if o in before and n > scanned.get(o, 0)}
        after = relations(connection)
    finally:
        connection.execute("ROLLBACK")
    changed = {oid for oid in before if oid in after and before[oid].file != after[oid].file}
    files = {one.file for one in before.values()}  # an index may be made anew on its old file
    built = {one.table for oid, one in after.items() if one.kind == "i" and one.file not in files}
    return Measured(
        tables=strongest(locks, before, indexes=False),
        indexes=strongest(locks, before, indexes=True),
        rewrites={before[oid].name for oid in changed if before[oid].kind in "rm"},
        scans=scans,
        index_builds={before[oid].name for oid in built if oid in before},
    )


def held(
    connection: psycopg.Connection, pid: int, before: dict[int, Relation]
) -> list[tuple[int, str]]:
    """The locks of a session on relations that stood before."""
    return [row for row in connection.execute(LOCKS, [pid]).fetchall() if row[0] in before]


ORDER = (
    "AccessShareLock", "RowShareLock", "RowExclusiveLock", "ShareUpdateExclusiveLock", "ShareLock",
    "ShareRowExclusiveLock", "ExclusiveLock", "AccessExclusiveLock",
)  # fmt: skip


def strongest(
    locks: list[tuple[int, str]], before: dict[int, Relation], *, indexes: bool
) -> dict[str, str]:
    found: dict[str, str] = {}
    for oid, mode in locks:
        one = before[oid]
        if (one.kind in "iI") is indexes:
            best = found.get(one.name, ORDER[0])
            found[one.name] = max(best, mode, key=ORDER.index)
    return found
