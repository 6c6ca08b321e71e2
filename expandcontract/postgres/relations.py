"""What a backfill's table is made of: its partitions, their sizes, and what its indexes hold."""

import json
from dataclasses import dataclass, replace
from typing import LiteralString

from expandcontract.model.backfill import Backfill, Key
from expandcontract.model.names import TableName
from expandcontract.postgres.pieces import Lane
from expandcontract.postgres.relation_queries import WITHHOLDING
from expandcontract.postgres.session import Session

# The table itself, or its leaves. pg_partition_tree gives nothing for one outside a hierarchy.
LEAVES: LiteralString = """
    SELECT n.nspname, c.relname, c.relkind::text, coalesce(am.amname, ''),
           (pg_catalog.pg_relation_size(c.oid)
            / pg_catalog.current_setting('block_size')::bigint)::bigint,
           nullif(c.reltuples, -1)::bigint, c.relpages,
           coalesce((
               SELECT json_agg(DISTINCT a.attname) FROM pg_catalog.pg_index i
               JOIN pg_catalog.pg_class ic ON ic.oid = i.indexrelid
               JOIN pg_catalog.pg_am iam ON iam.oid = ic.relam
               JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
                   AND (a.attnum = ANY (i.indkey::int2[]) OR EXISTS (
                       SELECT FROM pg_catalog.pg_depend d
                       WHERE d.classid = 'pg_catalog.pg_class'::regclass
                         AND d.objid = i.indexrelid AND d.refobjid = c.oid
                         AND d.refclassid = d.classid AND d.refobjsubid = a.attnum))
               WHERE i.indrelid = c.oid
                 AND NOT (iam.amname = 'brin' AND pg_catalog.current_setting(
                     'server_version_num')::integer >= 160000)), '[]')::text
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_catalog.pg_am am ON am.oid = c.relam
    WHERE c.oid = pg_catalog.to_regclass(%(table)s) AND c.relkind <> 'p'
       OR c.oid IN (SELECT relid FROM pg_catalog.pg_partition_tree(
                        pg_catalog.to_regclass(%(table)s)) WHERE isleaf AND level > 0)
    ORDER BY 1, 2
"""
VERSION: LiteralString = "SELECT pg_catalog.current_setting('server_version_num')"
SAMPLED = 400
"""Pages that are read to find keys by which a table is cut into lanes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """A table with rows of its own: the backfill's, or a partition of it."""

    name: TableName
    kind: str
    method: str
    blocks: int
    rows: int | None
    indexed: frozenset[str]  #: columns whose change means a new entry in every index

    @property
    def rows_in_block(self) -> float | None:
        """How many rows a page holds; None where nobody has counted."""
        return None if not self.rows or not self.blocks else max(1.0, self.rows / self.blocks)


def leaves(session: Session, backfill: Backfill) -> list[Leaf]:
    """Every table that holds rows of the backfill."""
    found = []
    for row in session.rows(LEAVES, {"table": str(backfill.table)}):
        schema, name, kind, method, blocks, rows, pages, indexed = row
        # Pages without a row were counted while those that filled them had not committed.
        known = int(rows / pages * blocks) if rows and pages else None
        if not blocks:
            known = 0  # ANALYZE leaves an empty table without pages, as one that it has not seen
        found.append(
            Leaf(
                name=TableName(name, schema),
                kind=kind,
                method=method,
                blocks=blocks,
                rows=known,
                indexed=frozenset(json.loads(indexed)),
            )
        )
    return _counted(found)


def withholding(session: Session, table: TableName, *, is_silent: bool) -> tuple[str, ...]:
    """Triggers that may keep a row from being written, without an error."""
    params = {"table": str(table), "silent": str(is_silent)}
    return tuple(row[0] for row in session.rows(WITHHOLDING, params))


def _counted(found: list[Leaf]) -> list[Leaf]:
    """A partition that nobody has counted has as many rows on a page as those that were."""
    known = [(leaf.rows, leaf.blocks) for leaf in found if leaf.rows is not None]
    blocks = sum(pages for _, pages in known)
    if not blocks:
        return found
    on_page = sum(rows for rows, _ in known) / blocks
    return [
        leaf if leaf.rows is not None else replace(leaf, rows=int(on_page * leaf.blocks))
        for leaf in found
    ]


def major(session: Session) -> int:
    """The server's major version."""
    return int(session.rows(VERSION)[0][0]) // 10000


def cuts(session: Session, lane: Lane, blocks: int, count: int) -> list[Key]:
    """Keys that cut the table into about so many equal parts, from a sample of its pages."""
    percent = min(100.0, 100.0 * SAMPLED / max(1, blocks))
    rows = session.rows(
        f"SELECT {lane.texts} FROM {lane.sampled(percent)} ORDER BY {lane.keys()}", {}
    )
    places = (len(rows) * part // count for part in range(1, count))
    return list(dict.fromkeys(tuple(rows[place]) for place in places if rows))
