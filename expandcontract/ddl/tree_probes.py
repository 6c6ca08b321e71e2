"""Questions about partitions and children: who belongs to whom, and whose index is attached."""

import json

from expandcontract.model.names import TableName, literal
from expandcontract.model.probe import Probe

_UP = (
    "WITH RECURSIVE up (oid) AS ("
    "SELECT pg_catalog.to_regclass(%(part)s)::oid"
    " UNION SELECT h.inhparent FROM up JOIN pg_catalog.pg_inherits h ON h.inhrelid = up.oid)"
)
_DOWN = (
    "WITH RECURSIVE down (oid) AS ("
    "SELECT pg_catalog.to_regclass(%(root)s)::oid"
    " UNION SELECT h.inhrelid FROM down JOIN pg_catalog.pg_inherits h ON h.inhparent = down.oid)"
)


def is_part_of(root: TableName, part: TableName) -> Probe:
    """Whether a table is, at any level, a partition or a child of another one."""
    return Probe(
        f"EXISTS ({_UP} SELECT FROM up WHERE up.oid = pg_catalog.to_regclass(%(root)s))",
        {"root": str(root), "part": str(part)},
    )


def index_is_attached(index: TableName, part: TableName) -> Probe:
    """Whether the partition has an index, of any name, that belongs to this one."""
    return Probe(
        "EXISTS (SELECT FROM pg_catalog.pg_inherits h JOIN pg_catalog.pg_index i"
        " ON i.indexrelid = h.inhrelid"
        " WHERE h.inhparent = pg_catalog.to_regclass(%(index)s)"
        " AND i.indrelid = pg_catalog.to_regclass(%(part)s))",
        {"index": str(index), "part": str(part)},
    )


def without_index(root: TableName, index: TableName) -> str:
    """A query for the partitions that keep an index of the root from being valid, as texts."""
    return (
        "SELECT 'partition ' || t.relid::text || ' has no index of '"
        f" || {literal(index.plain)} FROM pg_catalog.pg_partition_tree({_regclass(root)}) AS t"
        " WHERE t.isleaf AND NOT EXISTS (SELECT FROM pg_catalog.pg_index i, LATERAL"
        " pg_catalog.pg_partition_ancestors(i.indexrelid) AS a"
        f" WHERE i.indrelid = t.relid AND a.relid = {_regclass(index)}) LIMIT 5"
    )


def _regclass(name: TableName) -> str:
    return f"{literal(str(name))}::pg_catalog.regclass"


def leaves_without(root: TableName, constraint: str) -> str:
    """A query for the partitions with rows that have no such valid constraint, as texts."""
    return (
        f"SELECT 'partition ' || t.relid::text || ' has no valid ' || {literal(constraint)}"
        f" FROM pg_catalog.pg_partition_tree({_regclass(root)}) AS t"
        " WHERE t.isleaf AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint k"
        f" WHERE k.conrelid = t.relid AND k.conname = {literal(constraint)} AND k.convalidated)"
        " LIMIT 5"
    )


def stands_on_children(root: TableName, triggers: tuple[str, ...]) -> Probe:
    """Whether every child at every level has these triggers, and they fire."""
    names = {f"trigger{at}": name for at, name in enumerate(triggers)}
    listed = ", ".join(f"%({name})s" for name in names)
    return Probe(
        f"NOT EXISTS ({_DOWN} SELECT FROM down WHERE down.oid IS NOT NULL AND"
        f" (SELECT count(*) FROM pg_catalog.pg_trigger t WHERE t.tgrelid = down.oid"
        f" AND t.tgname IN ({listed}) AND t.tgenabled IN ('O', 'A')) < {len(triggers):d})",
        {"root": str(root), **names},
    )


def has_only_parts(root: TableName, parts: tuple[TableName, ...]) -> Probe:
    """Whether every partition and child at every level is one of these."""
    known = json.dumps([str(root), *map(str, parts)], ensure_ascii=False)
    return Probe(
        f"NOT EXISTS ({_DOWN} SELECT FROM down WHERE down.oid IS NOT NULL AND NOT EXISTS ("
        "SELECT FROM json_array_elements_text(%(known)s::json) AS known (name)"
        " WHERE pg_catalog.to_regclass(known.name) = down.oid))",
        {"root": str(root), "known": known},
    )
