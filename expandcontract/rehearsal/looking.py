"""What a statement did, told from the catalogs before and after it by its own session."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, LiteralString

import psycopg

from expandcontract.model.lock import Lock
from expandcontract.rehearsal.seen import Seen

RELATIONS: LiteralString = """
    SELECT c.oid, n.nspname || '.' || c.relname, c.relkind::text,
           coalesce(pg_catalog.pg_relation_filenode(c.oid), 0), i.indrelid,
           pg_catalog.format('%I.%I', n.nspname, c.relname)
    FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = c.oid
    WHERE c.relkind IN ('r', 'p', 'm', 'v', 'f', 'i', 'I')
      AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'expandcontract')
      AND n.nspname !~ '^pg_(toast|temp)'
"""
LOCKS: LiteralString = """
    SELECT relation, mode FROM pg_catalog.pg_locks
    WHERE locktype = 'relation' AND granted AND pid = pg_catalog.pg_backend_pid()
"""
COUNTS: LiteralString = """
    SELECT oid, pg_catalog.pg_stat_get_xact_numscans(oid) FROM pg_catalog.pg_class
    WHERE relkind IN ('r', 'm') AND pg_catalog.pg_stat_get_xact_numscans(oid) > 0
"""
MODES = {lock.pg_locks_mode: lock for lock in Lock}


@dataclass(frozen=True, slots=True)
class Relation:
    """A table, view or index, and the file that holds it."""

    name: str  #: with its schema, unquoted
    kind: str
    file: int
    table: int | None
    quoted: str

    @property
    def is_index(self) -> bool:
        """Whether it hangs on a table."""
        return self.kind in "iI"


Relations = Mapping[int, Relation]
Held = dict[int, Lock]


@dataclass(frozen=True, slots=True)
class View:
    """The relations, the locks of the session and its scans at one moment."""

    relations: Relations
    held: Held
    scans: dict[int, int]


def relations(connection: "psycopg.Connection[Any]") -> Relations:
    """All relations of the users."""
    rows = connection.execute(RELATIONS).fetchall()
    return {oid: Relation(*rest) for oid, *rest in rows}


def look(connection: "psycopg.Connection[Any]") -> View:
    """Ask a session what it sees and holds; a failed transaction cannot be asked."""
    held = strongest(connection.execute(LOCKS).fetchall())
    return View(relations(connection), held, dict(connection.execute(COUNTS).fetchall()))


def strongest(rows: Iterable[Any]) -> Held:
    """The strongest mode of each relation."""
    held: Held = {}
    for oid, mode in rows:
        if mode in MODES:  # a predicate lock has another name
            held[oid] = max(held.get(oid, Lock.NONE), MODES[mode])
    return held


def done_between(before: View, after: View, stood: Relations) -> Seen:
    """What a statement did inside a transaction."""
    new = {oid: mode for oid, mode in after.held.items() if mode > before.held.get(oid, Lock.NONE)}
    scanned = (o for o, count in after.scans.items() if count > before.scans.get(o, 0))
    rewrites, builds = _anew(before.relations, after.relations, stood)
    return Seen(
        locks=named(new, before.relations, stood, indexes=False),
        held=named(after.held, before.relations, stood, indexes=False),
        indexes=named(new, before.relations, stood, indexes=True),
        rewrites=rewrites,
        scans=_sorted(scanned, before.relations, stood),
        builds=builds,
    )


def done_outside(before: Relations, after: Relations, held: Held, stood: Relations) -> Seen:
    """What a statement did that was watched by another session."""
    rewrites, builds = _anew(before, after, stood)
    tables = named(held, before, stood, indexes=False)
    indexes = named(held, before, stood, indexes=True)
    return Seen(
        locks=tables, held=tables, indexes=indexes, rewrites=rewrites, builds=builds, exact=False
    )


def named(held: Held, known: Relations, stood: Relations, *, indexes: bool) -> dict[str, Lock]:
    """Locks by the names of what stood before; of indexes those that planning does not take."""
    least = Lock.SHARE_UPDATE_EXCLUSIVE if indexes else Lock.ACCESS_SHARE
    return {
        known[oid].name: mode
        for oid, mode in held.items()
        if oid in known and oid in stood and known[oid].is_index is indexes and mode >= least
    }


def _anew(
    before: Relations, after: Relations, stood: Relations
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Tables with new files, and tables with an index that was made or written anew.

    A change of type may give an index a new identity and keep its file: nothing is built then.
    """
    files = {one.file for one in before.values()}
    new = {oid: one for oid, one in after.items() if one.file and one.file not in files}
    rewritten = (oid for oid, one in new.items() if one.kind in "rm")
    built = (one.table for one in new.values() if one.kind == "i" and one.table is not None)
    return _sorted(rewritten, before, stood), _sorted(built, before, stood)


def _sorted(oids: Iterable[int], known: Relations, stood: Relations) -> tuple[str, ...]:
    return tuple(sorted({known[oid].name for oid in oids if oid in known and oid in stood}))
