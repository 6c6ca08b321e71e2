"""Questions about a database as a place to change things in: privileges, standbys, leftovers."""

from typing import LiteralString

SERVER: LiteralString = """
    SELECT current_setting('server_version'), current_setting('server_version_num')::integer,
           current_database(), current_user, pg_catalog.pg_is_in_recovery(),
           pg_catalog.pg_backend_pid()
"""
MAY_CREATE: LiteralString = """
    SELECT pg_catalog.has_database_privilege(pg_catalog.current_database(), 'CREATE')
"""
MAY_WRITE_LEDGER: LiteralString = """
    SELECT pg_catalog.has_table_privilege('expandcontract.changes', 'INSERT')
       AND pg_catalog.has_table_privilege('expandcontract.changes', 'UPDATE')
       AND pg_catalog.has_schema_privilege('expandcontract', 'CREATE')
"""
# Tables that are gone are not asked about: their changes say so themselves.
OWNER: LiteralString = """
    SELECT c.relowner::regrole::text, pg_catalog.pg_has_role(c.relowner, 'USAGE')
    FROM pg_catalog.pg_class c WHERE c.oid = pg_catalog.to_regclass(%(table)s)
"""
INVALID_INDEXES: LiteralString = """
    SELECT i.indexrelid::regclass::text, i.indrelid::regclass::text, c.relname
    FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
    WHERE NOT i.indisvalid AND c.relkind = 'i'
      AND NOT EXISTS (SELECT FROM pg_catalog.pg_stat_progress_create_index p
                      WHERE p.index_relid = i.indexrelid)
    ORDER BY 1
"""
# What our names are on, and the command that takes each away, in the order of their dependence.
OURS: LiteralString = """
    SELECT 1, t.tgname::text, 'the trigger ' || t.tgname || ' on ' || t.tgrelid::regclass,
           format('DROP TRIGGER %%I ON %%s', t.tgname, t.tgrelid::regclass), t.tgenabled = 'D'
    FROM pg_catalog.pg_trigger t WHERE t.tgname ~ %(ours)s
  UNION ALL
    SELECT 2, p.proname::text, 'the function ' || p.oid::regprocedure,
           'DROP FUNCTION ' || p.oid::regprocedure, false
    FROM pg_catalog.pg_proc p
    WHERE p.proname ~ %(ours)s AND p.pronamespace = pg_catalog.to_regnamespace('expandcontract')
  UNION ALL
    SELECT 3, c.relname::text, 'the sequence ' || c.oid::regclass,
           'DROP SEQUENCE ' || c.oid::regclass, false
    FROM pg_catalog.pg_class c
    WHERE c.relname ~ %(ours)s AND c.relkind = 'S'
      AND c.relnamespace = pg_catalog.to_regnamespace('expandcontract')
  UNION ALL
    SELECT 4, o.conname::text, 'the constraint ' || o.conname || ' on ' || o.conrelid::regclass,
           format('ALTER TABLE %%s DROP CONSTRAINT %%I', o.conrelid::regclass, o.conname), false
    FROM pg_catalog.pg_constraint o WHERE o.conname ~ %(ours)s AND o.conrelid <> 0
  UNION ALL
    SELECT 5, c.relname::text, 'the index ' || c.oid::regclass,
           'DROP INDEX CONCURRENTLY ' || c.oid::regclass, false
    FROM pg_catalog.pg_class c
    WHERE c.relname ~ %(ours)s AND c.relkind IN ('i', 'I')
      AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint o WHERE o.conindid = c.oid)
    ORDER BY 1, 2
"""
# -infinity is a lease that was given back; behind a pooler no process is known.
DEAD_LEASES: LiteralString = """
    SELECT c.name, l.holder, date_trunc('second', l.taken_at)::text
    FROM expandcontract.leases l JOIN expandcontract.changes c ON c.id = l.change_id
    WHERE l.expires_at <> '-infinity' AND c.outcome IS NULL
      AND (l.expires_at < clock_timestamp()
           OR (l.backend IS NOT NULL
               AND NOT EXISTS (SELECT FROM pg_catalog.pg_stat_activity a WHERE a.pid = l.backend)))
    ORDER BY c.name
"""
