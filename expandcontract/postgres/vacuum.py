"""Vacuum of a table that is being filled: whether it may be, what is dead, and the command."""

from typing import LiteralString

from expandcontract.model.backfill import Backfill
from expandcontract.model.names import TableName
from expandcontract.postgres.session import Session

_TREE: LiteralString = """
    (SELECT pg_catalog.to_regclass(%(table)s) AS relid
     UNION SELECT relid FROM pg_catalog.pg_partition_tree(pg_catalog.to_regclass(%(table)s)))
"""
DEAD: LiteralString = (
    """
    SELECT coalesce(sum(n_dead_tup), 0)::bigint, coalesce(sum(n_live_tup), 0)::bigint
    FROM pg_catalog.pg_stat_all_tables WHERE relid IN """
    + _TREE
)
# Of each part: VACUUM of one that is not ours is no error, only a warning that nobody would see.
MAY: LiteralString = (
    """
    SELECT bool_and(pg_catalog.pg_has_role(c.relowner, 'USAGE')
                    OR CASE WHEN current_setting('server_version_num')::integer >= 170000
                            THEN pg_catalog.has_table_privilege(c.oid, 'MAINTAIN')
                            ELSE false END)
    FROM pg_catalog.pg_class c WHERE c.oid IN """
    + _TREE
)
GENTLY: LiteralString = """
    SELECT pg_catalog.set_config('vacuum_cost_delay', '2ms', false),
           pg_catalog.set_config('vacuum_cost_limit', '200', false)
"""
CANCEL: LiteralString = "SELECT pg_catalog.pg_cancel_backend(%(pid)s::integer)"


def written(backfill: Backfill) -> TableName:
    """The table whose rows die."""
    return backfill.into.table if backfill.into else backfill.table


def may_vacuum(session: Session, table: TableName) -> bool:
    """Whether this role may, the table and all its partitions."""
    return bool(session.rows(MAY, {"table": str(table)})[0][0])


def dead_rows(session: Session, table: TableName) -> tuple[int, int]:
    """Dead and living rows, as the server's statistics have them; a second old at most."""
    [(dead, living)] = session.rows(DEAD, {"table": str(table)})
    return int(dead), int(living)


def run(session: Session, table: TableName, *, pooled: bool) -> None:
    """Make the room of dead rows usable; wait for nobody, and leave the indexes to autovacuum.

    At autovacuum's own pace, on a session that nobody else will get.
    """
    if not pooled:
        session.rows(GENTLY)
    session.run(f"VACUUM (INDEX_CLEANUP off, TRUNCATE off, SKIP_LOCKED) {table}")


def cancel(session: Session, pid: int) -> None:
    """End one that is running."""
    session.rows(CANCEL, {"pid": str(pid)})
