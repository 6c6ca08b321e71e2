"""Reads who may do what with a table, and whom a privilege does not stop."""

from typing import LiteralString

from expandcontract.model.names import TableName
from expandcontract.model.privilege import Privilege
from expandcontract.postgres.session import Session

# Without an ACL the owner has all, and nobody else has anything.
HELD: LiteralString = """
    SELECT coalesce(r.rolname, '')::text, x.privilege_type, x.of::text,
           x.is_grantable AND x.grantee <> c.relowner, x.grantee = c.relowner,
           x.grantor = c.relowner
    FROM pg_catalog.pg_class c
    CROSS JOIN LATERAL (
        SELECT NULL::name AS of, 0 AS place, a.*
        FROM pg_catalog.aclexplode(
            coalesce(c.relacl, pg_catalog.acldefault('r', c.relowner))) AS a
        UNION ALL
        SELECT t.attname, t.attnum, a.* FROM pg_catalog.pg_attribute t
        CROSS JOIN LATERAL pg_catalog.aclexplode(t.attacl) AS a
        WHERE t.attrelid = c.oid AND NOT t.attisdropped
    ) AS x
    LEFT JOIN pg_catalog.pg_roles r ON r.oid = x.grantee
    WHERE c.oid = pg_catalog.to_regclass(%(table)s)
      AND x.privilege_type IN ('SELECT', 'INSERT', 'UPDATE')
    ORDER BY x.place, 1, 2
"""
COLUMNS: LiteralString = """
    SELECT attname::text FROM pg_catalog.pg_attribute
    WHERE attrelid = pg_catalog.to_regclass(%(table)s) AND attnum > 0 AND NOT attisdropped
    ORDER BY attnum
"""
# A session of a role that no ACL stops; `ours` are the runner and its helpers.
SESSIONS: LiteralString = """
    SELECT a.usename::text, count(*)::integer,
           bool_or(r.rolsuper OR (SELECT bool_or(pg_catalog.pg_has_role(r.oid, p.oid, 'USAGE'))
                                  FROM pg_catalog.pg_roles p
                                  WHERE p.rolname IN ('pg_read_all_data', 'pg_write_all_data')))
    FROM pg_catalog.pg_stat_activity a JOIN pg_catalog.pg_roles r ON r.oid = a.usesysid
    WHERE a.datname = pg_catalog.current_database() AND a.pid <> pg_catalog.pg_backend_pid()
      AND a.application_name <> 'expandcontract'
    GROUP BY 1 ORDER BY 1
"""
SEES_ALL: LiteralString = """
    SELECT pg_catalog.pg_has_role(r.oid, 'USAGE') FROM pg_catalog.pg_roles r
    WHERE r.rolname = 'pg_read_all_stats'
"""


def held(session: Session, table: TableName) -> tuple[Privilege, ...]:
    """SELECT, INSERT and UPDATE of everybody, on the table and on its columns."""
    rows = session.rows(HELD, {"table": str(table)})
    return tuple(
        Privilege(
            role=role, kind=kind, column=of, grantable=grantable, is_owners=own, by_owner=by_owner
        )
        for role, kind, of, grantable, own, by_owner in rows
    )


def columns(session: Session, table: TableName) -> tuple[str, ...]:
    """Every column, in order."""
    return tuple(name for (name,) in session.rows(COLUMNS, {"table": str(table)}))


def sessions(session: Session) -> list[tuple[str, int, bool]]:
    """Role and number of sessions in this database, and whether no privilege stops them."""
    return [(role, count, bool(free)) for role, count, free in session.rows(SESSIONS)]


def sees_statements(session: Session) -> bool:
    """Whether the statements of other roles may be read."""
    return any(sees for (sees,) in session.rows(SEES_ALL))
