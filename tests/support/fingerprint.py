"""Everything about a database's schema that a user could miss, as text that can be compared.

The order of columns is left out: a column that was made again stands last.
"""

from typing import LiteralString

import psycopg

Fingerprint = dict[str, str]
"""What each object is, by its name: `column public.users.email` → its properties."""

_OURS: LiteralString = """
    n.nspname NOT IN ('pg_catalog', 'information_schema', 'expandcontract', 'pg_toast')
    AND n.nspname NOT LIKE 'pg_temp%%' AND n.nspname NOT LIKE 'pg_toast_temp%%'
"""

_RELATIONS: LiteralString = (
    """
    SELECT 'relation ' || c.oid::regclass, jsonb_build_object(
        'kind', c.relkind, 'owner', c.relowner::regrole, 'acl', c.relacl::text[],
        'options', c.reloptions, 'replica identity', c.relreplident,
        'row security', c.relrowsecurity, 'forced', c.relforcerowsecurity,
        'persistence', c.relpersistence, 'comment', obj_description(c.oid, 'pg_class'),
        'definition', CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END)::text
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind NOT IN ('i', 'I') AND """
    + _OURS
)

_COLUMNS: LiteralString = (
    """
    SELECT format('column %%s.%%I', c.oid::regclass, a.attname), jsonb_build_object(
        'type', format_type(a.atttypid, a.atttypmod), 'collation', a.attcollation::regcollation,
        'not null', a.attnotnull, 'default', pg_get_expr(d.adbin, d.adrelid),
        'identity', a.attidentity, 'generated', a.attgenerated,
        'comment', col_description(c.oid, a.attnum), 'acl', a.attacl::text[],
        'statistics', nullif(a.attstattarget, -1), 'storage', a.attstorage,
        'compression', a.attcompression, 'options', a.attoptions,
        'parents', a.attinhcount, 'local', a.attislocal)::text
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind NOT IN ('i', 'I') AND """
    + _OURS
)

_CONSTRAINTS: LiteralString = (
    """
    SELECT format('constraint %%I on %%s', k.conname, k.conrelid::regclass), jsonb_build_object(
        'definition', pg_get_constraintdef(k.oid), 'valid', k.convalidated, 'kind', k.contype,
        'deferrable', k.condeferrable, 'deferred', k.condeferred,
        'parents', k.coninhcount,
        -- From 18 on a partition's key makes its NOT NULL a local one, for good.
        'local', CASE WHEN k.contype <> 'n' THEN k.conislocal END,
        'index', k.conindid::regclass, 'comment', obj_description(k.oid, 'pg_constraint'))::text
    FROM pg_constraint k JOIN pg_namespace n ON n.oid = k.connamespace
    WHERE k.contype <> 't' AND """
    + _OURS
)

_INDEXES: LiteralString = (
    """
    SELECT 'index ' || c.oid::regclass, jsonb_build_object(
        'definition', pg_get_indexdef(c.oid), 'valid', i.indisvalid, 'ready', i.indisready,
        'unique', i.indisunique, 'primary', i.indisprimary, 'immediate', i.indimmediate,
        'clustered', i.indisclustered, 'replica identity', i.indisreplident,
        'parent', (SELECT h.inhparent::regclass FROM pg_inherits h WHERE h.inhrelid = c.oid),
        'tablespace', c.reltablespace, 'owner', c.relowner::regrole,
        'comment', obj_description(c.oid, 'pg_class'),
        'statistics', (SELECT jsonb_agg(nullif(a.attstattarget, -1) ORDER BY a.attnum)
                       FROM pg_attribute a WHERE a.attrelid = c.oid))::text
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE """
    + _OURS
)

_TRIGGERS: LiteralString = (
    """
    SELECT format('trigger %%I on %%s', t.tgname, t.tgrelid::regclass), jsonb_build_object(
        'definition', pg_get_triggerdef(t.oid), 'enabled', t.tgenabled,
        'comment', obj_description(t.oid, 'pg_trigger'))::text
    FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE NOT t.tgisinternal AND """
    + _OURS
)

_POLICIES: LiteralString = """
    SELECT format('policy %%I on %%s', p.polname, p.polrelid::regclass), jsonb_build_object(
        'for', p.polcmd, 'permissive', p.polpermissive, 'roles', p.polroles::regrole[]::text[],
        'using', pg_get_expr(p.polqual, p.polrelid),
        'check', pg_get_expr(p.polwithcheck, p.polrelid))::text
    FROM pg_policy p
"""

_ROUTINES: LiteralString = (
    """
    SELECT 'routine ' || p.oid::regprocedure, md5(p.prosrc || p.proowner::regrole)
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE """
    + _OURS
)

_STATISTICS: LiteralString = """
    SELECT 'statistics ' || s.stxname, pg_get_statisticsobjdef(s.oid) FROM pg_statistic_ext s
"""

_ENUMS: LiteralString = (
    """
    SELECT format('type %%I.%%I', n.nspname, t.typname), jsonb_build_object(
        'labels', (SELECT jsonb_agg(e.enumlabel ORDER BY e.enumsortorder)
                   FROM pg_enum e WHERE e.enumtypid = t.oid),
        'comment', obj_description(t.oid, 'pg_type'), 'acl', t.typacl::text[])::text
    FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
    WHERE t.typtype = 'e' AND """
    + _OURS
)

_PUBLICATIONS: LiteralString = """
    SELECT format('publication %%I of %%I.%%I', p.pubname, p.schemaname, p.tablename),
        jsonb_build_object('rows', to_jsonb(p) ->> 'rowfilter', 'columns', (
            SELECT jsonb_agg(name ORDER BY name)
            FROM jsonb_array_elements_text(to_jsonb(p) -> 'attnames') AS name))::text
    FROM pg_publication_tables p
"""

# Whatever a change needs while it is open, wherever it stands.
_LEFTOVERS: LiteralString = """
    SELECT 'leftover relation ' || c.oid::regclass, c.relkind::text
    FROM pg_class c WHERE c.relname LIKE '%%zz\\_ec\\_%%'
    UNION ALL
    SELECT 'leftover routine ' || p.oid::regprocedure, ''
    FROM pg_proc p WHERE p.proname LIKE '%%zz\\_ec\\_%%'
    UNION ALL
    SELECT format('leftover trigger %%I on %%s', t.tgname, t.tgrelid::regclass), ''
    FROM pg_trigger t WHERE t.tgname LIKE '%%zz\\_ec\\_%%'
    UNION ALL
    SELECT format('leftover constraint %%I on %%s', k.conname, k.conrelid::regclass), ''
    FROM pg_constraint k WHERE k.conname LIKE '%%zz\\_ec\\_%%'
"""
_HAS_LEDGER: LiteralString = "SELECT to_regclass('expandcontract.claims') IS NOT NULL"
_CLAIMS: LiteralString = """
    SELECT format('claim on %%s.%%s', relation, object), '' FROM expandcontract.claims
"""

_QUERIES: tuple[LiteralString, ...] = (
    _RELATIONS,
    _COLUMNS,
    _CONSTRAINTS,
    _INDEXES,
    _TRIGGERS,
    _POLICIES,
    _ROUTINES,
    _STATISTICS,
    _ENUMS,
    _PUBLICATIONS,
    _LEFTOVERS,
)


def fingerprint(dsn: str) -> Fingerprint:
    """Read it on a connection of its own, which spells every name with its schema."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("SET search_path = pg_catalog")
        queries = list(_QUERIES)
        if connection.execute(_HAS_LEDGER).fetchall() == [(True,)]:
            queries.append(_CLAIMS)
        # The parameters are empty, and say that `%%` means `%` in all of them.
        found = {name: text for query in queries for name, text in connection.execute(query, ())}
    connection.close()
    return found


def rows(dsn: str, *tables: str) -> list[str]:
    """Every row of the tables, without the order of rows or columns."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        found = [
            f"{table}: {text}"
            for table in tables
            for (text,) in connection.execute(
                f"SELECT to_jsonb(t)::text FROM {table} AS t".encode()
            )
        ]
    connection.close()
    return sorted(found)


def difference(expected: Fingerprint, found: Fingerprint) -> list[str]:
    """One line for each thing that is missing, too much, or other than expected."""
    lines = [f"- {name}: {text}" for name, text in expected.items() if name not in found]
    lines += [f"+ {name}: {text}" for name, text in found.items() if name not in expected]
    lines += [
        f"! {name}:\n    expected {text}\n    found    {found[name]}"
        for name, text in expected.items()
        if name in found and found[name] != text
    ]
    return sorted(lines)
