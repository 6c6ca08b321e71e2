"""What `read_catalog` asks of a table as a whole: what it is, its parts, who refers to it."""

from typing import LiteralString

OID: LiteralString = "SELECT pg_catalog.to_regclass(%(table)s)::oid::text"

TABLE: LiteralString = """
    SELECT c.oid::text, n.nspname::text, c.relname::text, c.relkind::text,
           c.relispartition
           OR EXISTS (SELECT FROM pg_catalog.pg_inherits i WHERE i.inhrelid = c.oid)
           OR (c.relkind <> 'p'
               AND EXISTS (SELECT FROM pg_catalog.pg_inherits i WHERE i.inhparent = c.oid)),
           c.reltuples::float8, pg_catalog.pg_table_size(c.oid), json_build_object(
               'owner', (SELECT r.rolname FROM pg_catalog.pg_roles r WHERE r.oid = c.relowner),
               'privileges', (
                   SELECT coalesce(json_agg(acl::text), '[]')
                   FROM pg_catalog.unnest(c.relacl) acl,
                        LATERAL pg_catalog.aclexplode(ARRAY[acl]) x
                   WHERE x.grantee <> c.relowner),
               'row_security', c.relrowsecurity,
               'comment', pg_catalog.obj_description(c.oid, 'pg_class'),
               'options', (
                   SELECT coalesce(json_agg(o.option ORDER BY o.option), '[]') FROM (
                       SELECT pg_catalog.unnest(c.reloptions)
                       UNION ALL SELECT 'toast.' || pg_catalog.unnest(tc.reloptions)
                       FROM pg_catalog.pg_class tc WHERE tc.oid = c.reltoastrelid) o (option)),
               'tablespace', (SELECT ts.spcname FROM pg_catalog.pg_tablespace ts
                              WHERE ts.oid = c.reltablespace),
               'is_partition', c.relispartition,
               'parents', (
                   SELECT coalesce(json_agg(json_build_array(pn.nspname, pc.relname)
                                            ORDER BY h.inhseqno), '[]')
                   FROM pg_catalog.pg_inherits h
                   JOIN pg_catalog.pg_class pc ON pc.oid = h.inhparent
                   JOIN pg_catalog.pg_namespace pn ON pn.oid = pc.relnamespace
                   WHERE h.inhrelid = c.oid),
               'partition_key', (
                   SELECT coalesce(json_agg(ka.attname ORDER BY ka.attnum), '[]')
                   FROM pg_catalog.pg_partitioned_table pt
                   JOIN pg_catalog.pg_attribute ka ON ka.attrelid = pt.partrelid AND (
                       ka.attnum = ANY (pt.partattrs::int2[])
                       OR EXISTS (SELECT FROM pg_catalog.pg_depend kd
                                  WHERE kd.classid = 'pg_catalog.pg_class'::regclass
                                    AND kd.objid = c.oid AND kd.refclassid = kd.classid
                                    AND kd.refobjid = c.oid AND kd.refobjsubid = 0
                                    AND kd.objsubid = ka.attnum
                                    AND kd.deptype = 'i'))
                   WHERE pt.partrelid = c.oid AND ka.attnum > 0),
               'granted_sequences', (
                   SELECT coalesce(json_agg(ga.attname ORDER BY ga.attnum), '[]')
                   FROM pg_catalog.pg_depend s
                   JOIN pg_catalog.pg_class sc ON sc.oid = s.objid AND sc.relkind = 'S'
                   JOIN pg_catalog.pg_attribute ga
                       ON ga.attrelid = s.refobjid AND ga.attnum = s.refobjsubid
                   WHERE s.classid = 'pg_catalog.pg_class'::regclass
                     AND s.refclassid = 'pg_catalog.pg_class'::regclass
                     AND s.refobjid = c.oid AND s.deptype IN ('a', 'i')
                     AND sc.relacl IS NOT NULL),
               'publications', (
                   SELECT coalesce(json_agg(p.pubname ORDER BY p.pubname), '[]')
                   FROM pg_catalog.pg_publication p
                   WHERE p.oid IN (SELECT r.prpubid FROM pg_catalog.pg_publication_rel r
                                   WHERE r.prrelid = c.oid)
                      OR EXISTS (SELECT FROM pg_catalog.pg_publication_tables l
                                 WHERE l.pubname = p.pubname AND l.schemaname = n.nspname
                                   AND l.tablename = c.relname)))::text
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.oid = %(oid)s::oid
      AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
"""

# Every level below, parents first; brothers in the order in which the server locks them.
PARTS: LiteralString = """
    WITH RECURSIVE tree (oid, level) AS (
        SELECT h.inhrelid, 1 FROM pg_catalog.pg_inherits h WHERE h.inhparent = %(oid)s::oid
        UNION
        SELECT h.inhrelid, t.level + 1
        FROM tree t JOIN pg_catalog.pg_inherits h ON h.inhparent = t.oid
    )
    SELECT c.oid::text
    FROM (SELECT t.oid, max(t.level) AS level FROM tree t GROUP BY t.oid) t
    JOIN pg_catalog.pg_class c ON c.oid = t.oid
    WHERE c.relkind IN ('r', 'p', 'f')
    ORDER BY t.level, t.oid
"""

TRIGGERS: LiteralString = """
    SELECT tgname::text FROM pg_catalog.pg_trigger
    WHERE tgrelid = %(oid)s::oid AND NOT tgisinternal
    ORDER BY tgname
"""

# A partition's copy of its parent's foreign key is no reference of its own.
REFERRING: LiteralString = """
    SELECT n.nspname::text, c.relname::text, k.conname::text, json_build_object(
        'columns', (SELECT json_agg(a.attname ORDER BY array_position(k.conkey, a.attnum))
                    FROM pg_catalog.pg_attribute a
                    WHERE a.attrelid = k.conrelid AND a.attnum = ANY (k.conkey)),
        'to_columns', (SELECT json_agg(a.attname ORDER BY array_position(k.confkey, a.attnum))
                       FROM pg_catalog.pg_attribute a
                       WHERE a.attrelid = k.confrelid AND a.attnum = ANY (k.confkey)))::text
    FROM pg_catalog.pg_constraint k
    JOIN pg_catalog.pg_class c ON c.oid = k.conrelid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE k.contype = 'f' AND k.confrelid = %(oid)s::oid AND k.conparentid = 0
    ORDER BY 1, 2, 3
"""

# Of the table or a partition: one that runs before each UPDATE and may return NULL. Ours never do,
# and one of a column runs where the column is set; that is left to whoever counts.
WITHHOLDING: LiteralString = """
    SELECT DISTINCT tgname::text
    FROM pg_catalog.pg_trigger t
    WHERE (t.tgrelid = pg_catalog.to_regclass(%(table)s)
           OR t.tgrelid IN (SELECT relid FROM pg_catalog.pg_partition_tree(
                                pg_catalog.to_regclass(%(table)s))))
      AND NOT t.tgisinternal AND t.tgtype & 19 = 19 AND NOT tgname ^@ 'zz_ec_'
      AND (t.tgenabled = 'A'
           OR t.tgenabled = CASE WHEN %(silent)s::boolean THEN 'R'::"char" ELSE 'O'::"char" END)
    ORDER BY 1
"""
