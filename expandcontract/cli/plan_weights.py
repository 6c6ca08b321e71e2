"""How large the tables are, and how long it may take to read or to write them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import LiteralString

from expandcontract.cli.plan_rates import Rates, measured
from expandcontract.postgres.session import open_session

# To ask a table for its size waits for whoever has locked it; the pages that were there when it was
# last analysed ask nobody.
TABLES: LiteralString = """
    SELECT n.nspname || '.' || c.relname, c.reltuples::bigint,
           CASE WHEN c.relpages = 0 AND NOT EXISTS (
                    SELECT FROM pg_catalog.pg_locks l WHERE l.relation = c.oid
                    AND l.locktype = 'relation' AND l.mode = 'AccessExclusiveLock')
                THEN pg_catalog.pg_table_size(c.oid)
                ELSE (c.relpages + coalesce(t.relpages, 0))
                     * pg_catalog.current_setting('block_size')::bigint END
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_catalog.pg_class t ON t.oid = c.reltoastrelid
    WHERE c.relkind IN ('r', 'm') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
      AND n.nspname NOT LIKE 'pg_toast%%'
"""


@dataclass(frozen=True, slots=True)
class Weights:
    """Rows and bytes of tables; without a database there are none, and no columns for them."""

    tables: Mapping[str, tuple[int, int]] | None = None
    rates: Rates = field(default_factory=Rates)
    headings: tuple[str, ...] = field(init=False, default=())

    def __post_init__(self) -> None:
        if self.tables is not None:
            object.__setattr__(self, "headings", ("size", "expected"))

    @property
    def none(self) -> tuple[str, ...]:
        """The cells of what has no figures."""
        return tuple("" for _ in self.headings)

    def of(
        self, tables: Sequence[str], *, read: Sequence[str] = (), written: Sequence[str] = ()
    ) -> tuple[str, ...]:
        """The cells of a statement that locks some tables, and reads or writes all of some."""
        if self.tables is None:
            return ()
        known = [self._known(name) for name in dict.fromkeys(tables)]
        shown = "<br>".join(
            f"{rows:,} rows, {told_bytes(size)}" if rows >= 0 else told_bytes(size)
            for rows, size in known
        )
        seconds = sum(self._known(name)[1] / self.rates.read for name in {*read} - {*written})
        seconds += sum(self._known(name)[1] / self.rates.written for name in {*written})
        return shown, told_seconds(seconds) if read or written else "at once"

    def _known(self, name: str) -> tuple[int, int]:
        """Rows, or -1 where they are not known, and bytes; a table that is not there has none."""
        tables = self.tables or {}
        return tables.get(name) or tables.get(f"public.{name}") or (0, 0)

    def legend(self) -> Iterator[str]:
        """What the figures rest on."""
        if self.tables is not None:
            yield self.rates.told()


def weighed(dsn: str) -> Weights:
    """Ask a database for the sizes of its tables."""
    session = open_session(dsn, "ec plan")
    try:
        rows = session.rows(TABLES)
        rates = measured(session)
    finally:
        session.close()
    return Weights({str(name): (int(count), int(size)) for name, count, size in rows}, rates)


def told_bytes(size: float) -> str:
    """A size for people.

    >>> told_bytes(1_500_000_000), told_bytes(8192)
    ('1.5 GB', '8 kB')
    """
    for unit, scale in (("TB", 1e12), ("GB", 1e9), ("MB", 1e6)):
        if size >= scale:
            return f"{size / scale:.1f} {unit}"
    return f"{size / 1000:.0f} kB"


def told_seconds(seconds: float) -> str:
    """A time for people, as rough as it is.

    >>> told_seconds(0.2), told_seconds(90), told_seconds(7000)
    ('under 1 s', 'about 2 min', 'about 2 h')
    """
    if seconds < 1:
        return "under 1 s"
    for unit, scale in (("h", 3600), ("min", 60)):
        if seconds >= scale:
            return f"about {seconds / scale:.0f} {unit}"
    return f"about {seconds:.0f} s"
