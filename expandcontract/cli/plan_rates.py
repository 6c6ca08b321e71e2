"""How fast this server reads, measured; and what that makes of a size."""

import time
from dataclasses import dataclass
from typing import LiteralString

from expandcontract.errors import ServerRefusedError
from expandcontract.postgres.session import Session, undone

READ = 200_000_000
"""Bytes that a plain server reads in a second, where nothing can be measured."""
DEARER = 4
"""How many times as long a byte takes that is read and written anew, its log and its index too."""
SAMPLE = 64 * 1024 * 1024
LEAST = 8 * 1024 * 1024
"""A table below this is in memory, and read before the clock has ticked."""
LIMIT = 1.0

# By the pages that were there when it was last analysed: to ask for the size itself waits for
# whoever has locked the table. Partitions are tables of their own here.
LARGEST: LiteralString = """
    SELECT pg_catalog.format('%%I.%%I', n.nspname, c.relname), n.nspname || '.' || c.relname,
           c.relpages * pg_catalog.current_setting('block_size')::bigint
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'r' AND c.relpersistence = 'p' AND NOT c.relrowsecurity
      AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'expandcontract')
      AND pg_catalog.has_table_privilege(c.oid, 'SELECT')
      AND pg_catalog.has_schema_privilege(n.oid, 'USAGE')
      AND c.relpages * pg_catalog.current_setting('block_size')::bigint >= %(least)s::bigint
    ORDER BY 3 DESC LIMIT 1
"""
SETTINGS = {
    "transaction_read_only": "on",
    "statement_timeout": f"{LIMIT * 1000:.0f}ms",
    "lock_timeout": "200ms",
    "max_parallel_workers_per_gather": "0",
}


@dataclass(frozen=True, slots=True)
class Rates:
    """Bytes a second, and how that is known."""

    read: float = READ
    basis: str = "200 MB/s where a table is read, assumed: none is large enough to measure with"

    @property
    def written(self) -> float:
        """For what is written anew."""
        return self.read / DEARER

    def seconds(self, size: int, *, read: bool, written: bool) -> float:
        """How long a table of so many bytes takes."""
        return size / self.written if written else size / self.read if read else 0.0

    def told(self) -> str:
        """The basis for people."""
        return (
            f"Expected times are rough: {self.basis}, and {DEARER} times as long where it is "
            "written anew or indexed. Waiting for a lock, and a backfill's pauses, come on top."
        )


def measured(session: Session) -> Rates:
    """Read a sample of the largest table that may be read; for at most a second."""
    rows = session.rows(LARGEST, {"least": str(LEAST)})
    if not rows:
        return Rates()
    table, name, size = str(rows[0][0]), str(rows[0][1]), int(rows[0][2])
    part = min(100.0, 100.0 * SAMPLE / size)
    begun = ended = time.monotonic()
    try:
        with undone(session, **SETTINGS):
            begun = time.monotonic()
            try:
                session.rows(f"SELECT count(*) FROM {table} TABLESAMPLE SYSTEM ({part:.6f})")
            finally:
                ended = time.monotonic()
    except ServerRefusedError as error:
        if error.sqlstate != "57014":  # somebody has locked it
            return Rates()
    took = max(ended - begun, 0.001)
    read = size * part / 100 / took
    sample = min(size, SAMPLE) / 1_000_000
    basis = (
        f"{read / 1e6:,.0f} MB/s where a table is read, as measured on {sample:,.0f} MB of {name}"
    )
    return Rates(read, basis)
