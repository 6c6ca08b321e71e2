"""Reads who may do what with a table, and whom a privilege does not stop."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
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
# A session of a role that no ACL stops, or that has what the roles in `kept` have.
SESSIONS: LiteralString = """
    SELECT a.usename::text, count(*)::integer,
           bool_or(r.rolsuper OR (SELECT bool_or(pg_catalog.pg_has_role(r.oid, p.oid, 'USAGE'))
                                  FROM pg_catalog.pg_roles p
                                  WHERE p.rolname IN ('pg_read_all_data', 'pg_write_all_data')
                                     OR p.rolname IN (SELECT pg_catalog.jsonb_array_elements_text(
                                                          %(kept)s::jsonb))))
    FROM pg_catalog.pg_stat_activity a JOIN pg_catalog.pg_roles r ON r.oid = a.usesysid
    WHERE a.datname = pg_catalog.current_database() AND a.pid <> pg_catalog.pg_backend_pid()
      AND a.application_name <> 'expandcontract'
    GROUP BY 1 ORDER BY 1
"""
# What reads a column for others; a materialized view does when it is refreshed.
VIEWS: LiteralString = """
    SELECT DISTINCT v.oid::pg_catalog.regclass::text, o.rolname::text, o.rolsuper,
           coalesce((SELECT p.option_value::boolean
                     FROM pg_catalog.pg_options_to_table(v.reloptions) AS p
                     WHERE p.option_name = 'security_invoker'), false)
    FROM pg_catalog.pg_depend d
    JOIN pg_catalog.pg_rewrite w ON w.oid = d.objid
    JOIN pg_catalog.pg_class v ON v.oid = w.ev_class
    JOIN pg_catalog.pg_roles o ON o.oid = v.relowner
    JOIN pg_catalog.pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
    WHERE d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass
      AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
      AND d.refobjid = pg_catalog.to_regclass(%(table)s) AND a.attname = %(column)s
      AND v.relkind IN ('v', 'm')
    ORDER BY 1
"""
# Functions of ours that run with the rights of who made them, and who that is.
TRIGGER_ROLES: LiteralString = """
    SELECT DISTINCT o.rolname::text
    FROM pg_catalog.pg_trigger t
    JOIN pg_catalog.pg_proc p ON p.oid = t.tgfoid AND p.prosecdef
    JOIN pg_catalog.pg_roles o ON o.oid = p.proowner AND NOT o.rolsuper
    JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname || '.' || c.relname = %(relation)s AND t.tgname ^@ 'zz_ec_'
    ORDER BY 1
"""
INHERITED: LiteralString = """
    SELECT r.rolname::text FROM pg_catalog.pg_roles r
    WHERE pg_catalog.pg_has_role(%(role)s::name, r.oid, 'USAGE')
"""
MAY_READ: LiteralString = """
    SELECT pg_catalog.has_column_privilege(
        %(role)s::name, %(table)s::text, %(column)s::text, 'SELECT')
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


def sessions(session: Session, kept: Iterable[str] = ()) -> list[tuple[str, int, bool]]:
    """Role and number of sessions in this database, and whether no privilege stops them.

    What the roles in `kept` have is taken from nobody.
    """
    rows = session.rows(SESSIONS, {"kept": json.dumps(sorted(kept))})
    return [(role, count, bool(free)) for role, count, free in rows]


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A view that reads a column, with its owner's rights unless it is the `invoker`'s."""

    name: str
    owner: str
    is_superusers: bool
    invoker: bool


def views(session: Session, table: TableName, column: str) -> tuple[View, ...]:
    """The views, materialized ones too, that name a column."""
    rows = session.rows(VIEWS, {"table": str(table), "column": column})
    return tuple(
        View(name=name, owner=owner, is_superusers=bool(free), invoker=bool(invoker))
        for name, owner, free, invoker in rows
    )


def trigger_roles(session: Session, relation: str) -> tuple[str, ...]:
    """Whose rights our triggers on a relation have; `relation` as claims spell it."""
    return tuple(role for (role,) in session.rows(TRIGGER_ROLES, {"relation": relation}))


def inherited(session: Session, role: str) -> tuple[str, ...]:
    """The role itself, and those whose privileges it has without asking."""
    return tuple(name for (name,) in session.rows(INHERITED, {"role": role}))


def may_read(session: Session, role: str, table: TableName, column: str) -> bool:
    """Whether a role may read a column, by whatever privilege."""
    params = {"role": role, "table": str(table), "column": column}
    return bool(session.rows(MAY_READ, params)[0][0])


def sees_statements(session: Session) -> bool:
    """Whether the statements of other roles may be read."""
    return any(sees for (sees,) in session.rows(SEES_ALL))
