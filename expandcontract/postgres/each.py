"""A query about one table, asked about many at once: a tree may have thousands."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, LiteralString

from expandcontract.postgres.session import Session

_ONE: LiteralString = "%(oid)s::oid"
_EACH: LiteralString = "given.oid"
_BEFORE: LiteralString = """
    SELECT given.oid::text, asked.* FROM pg_catalog.unnest(%(oids)s::oid[]) AS given (oid)
    CROSS JOIN LATERAL ("""
_AFTER: LiteralString = ") AS asked"


def of_each(
    session: Session, query: LiteralString, oids: Iterable[str]
) -> dict[str, list[tuple[Any, ...]]]:
    """The query's rows by table, in its order; what it has no row for is empty."""
    wanted = tuple(oids)
    found: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
    if wanted:
        sql = _BEFORE + query.replace(_ONE, _EACH) + _AFTER
        for oid, *row in session.rows(sql, {"oids": f"{{{','.join(wanted)}}}"}):
            found[oid].append(tuple(row))
    return found
