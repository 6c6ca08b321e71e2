"""What `read_catalog` asks the server; each row comes as one JSON text, the same in every driver.

Written for 14 and later: columns that came with a later major are reached through `to_jsonb`.
"""

from typing import LiteralString

VERSION: LiteralString = "SELECT pg_catalog.current_setting('server_version_num')"

SEARCH_PATH: LiteralString = "SELECT to_json(pg_catalog.current_schemas(false))::text"

NO_SEARCH_PATH: LiteralString = "SELECT pg_catalog.set_config('search_path', '', true)"

# `=` is identity where the type's btree class can compare by bytes (support function 4) and the
# collation is deterministic. `bpchar` had that function up to 18, although 'a' and 'a ' are one to
# it and a column without a length holds both. Types of extensions are not looked for: the sync
# function's search_path would not find their operators.
_IDENTITY: LiteralString = """
            t.typnamespace = 'pg_catalog'::regnamespace AND t.typname <> 'bpchar'
            AND EXISTS (
                SELECT FROM pg_catalog.pg_opclass oc
                JOIN pg_catalog.pg_am am ON am.oid = oc.opcmethod AND am.amname = 'btree'
                JOIN pg_catalog.pg_amproc ap ON ap.amprocfamily = oc.opcfamily
                    AND ap.amproclefttype = oc.opcintype AND ap.amprocrighttype = oc.opcintype
                    AND ap.amprocnum = 4
                WHERE oc.opcdefault
                  AND oc.opcintype IN (
                      t.oid,
                      CASE WHEN t.typname = 'varchar' THEN 'pg_catalog.text'::regtype END))
            OR t.typtype = 'e'
"""

COLUMNS: LiteralString = (
    """
    SELECT json_build_object(
        'name', a.attname,
        'type', pg_catalog.format_type(a.atttypid, a.atttypmod),
        'not_null', a.attnotnull,
        'default', pg_catalog.pg_get_expr(d.adbin, d.adrelid),
        'collation', CASE WHEN a.attcollation <> t.typcollation
            THEN pg_catalog.quote_ident(cn.nspname) || '.' || pg_catalog.quote_ident(co.collname)
            END,
        'identity', a.attidentity,
        'generated', a.attgenerated,
        'owned_sequence', (
            SELECT s.objid::pg_catalog.regclass::text FROM pg_catalog.pg_depend s
            JOIN pg_catalog.pg_class sc ON sc.oid = s.objid AND sc.relkind = 'S'
            WHERE s.classid = 'pg_catalog.pg_class'::regclass
              AND s.refclassid = 'pg_catalog.pg_class'::regclass
              AND s.refobjid = a.attrelid AND s.refobjsubid = a.attnum AND s.deptype IN ('a', 'i')
            LIMIT 1),
        'sequence', (
            SELECT json_build_object(
                'name', json_build_array(sn.nspname, sc.relname),
                'type', pg_catalog.format_type(q.seqtypid, NULL), 'start', q.seqstart,
                'increment', q.seqincrement, 'minimum', q.seqmin, 'maximum', q.seqmax,
                'cache', q.seqcache, 'cycles', q.seqcycle,
                'comment', pg_catalog.obj_description(sc.oid, 'pg_class'),
                'privileges', (
                    SELECT coalesce(json_agg(DISTINCT acl::text), '[]')
                    FROM pg_catalog.unnest(sc.relacl) acl,
                         LATERAL pg_catalog.aclexplode(ARRAY[acl]) x
                    WHERE x.grantee <> sc.relowner))
            FROM pg_catalog.pg_depend s
            JOIN pg_catalog.pg_class sc ON sc.oid = s.objid AND sc.relkind = 'S'
            JOIN pg_catalog.pg_namespace sn ON sn.oid = sc.relnamespace
            JOIN pg_catalog.pg_sequence q ON q.seqrelid = sc.oid
            WHERE s.classid = 'pg_catalog.pg_class'::regclass
              AND s.refclassid = 'pg_catalog.pg_class'::regclass
              AND s.refobjid = a.attrelid AND s.refobjsubid = a.attnum AND s.deptype IN ('a', 'i')
            LIMIT 1),
        'comment', pg_catalog.col_description(a.attrelid, a.attnum),
        'statistics', CASE WHEN a.attstattarget >= 0 THEN a.attstattarget END,
        'storage', CASE WHEN a.attstorage <> t.typstorage THEN a.attstorage END,
        'compression', a.attcompression,
        'parents', a.attinhcount,
        'is_local', a.attislocal,
        'options', a.attoptions,
        'privileges', a.attacl::text[],
        'labels', (
            SELECT coalesce(json_agg(json_build_array(l.provider, l.label) ORDER BY l.provider),
                            '[]')
            FROM pg_catalog.pg_seclabel l
            WHERE l.objoid = a.attrelid AND l.objsubid = a.attnum
              AND l.classoid = 'pg_catalog.pg_class'::regclass),
        'equality_is_identity',
            coalesce(co.collisdeterministic, true) AND ("""
    + _IDENTITY
    + """)
    )::text
    FROM pg_catalog.pg_attribute a
    JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
    LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    LEFT JOIN pg_catalog.pg_collation co ON co.oid = a.attcollation
    LEFT JOIN pg_catalog.pg_namespace cn ON cn.oid = co.collnamespace
    WHERE a.attrelid = %(oid)s::oid AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY a.attnum
"""
)

TYPE_ID: LiteralString = "SELECT pg_catalog.to_regtype(%(type)s)::oid::text"

TYPE: LiteralString = (
    """
    SELECT json_build_object(
        'base', pg_catalog.format_type(t.oid, NULL),
        'is_array', t.oid::text <> %(oid)s,
        'is_kept_outside', t.typstorage <> 'p',
        'is_collated', t.typcollation <> 0,
        'equality_is_identity', t.oid::text = %(oid)s AND ("""
    + _IDENTITY
    + """)
    )::text
    FROM pg_catalog.pg_type given
    JOIN pg_catalog.pg_type t ON t.oid =
        CASE WHEN given.typcategory = 'A' AND given.typelem <> 0 THEN given.typelem
        ELSE given.oid END
    WHERE given.oid = %(oid)s::oid
"""
)

# `pg_depend` names the type for whatever was made of it; columns of tables are listed apart.
ENUM: LiteralString = """
    SELECT json_build_object(
        'name', json_build_array(n.nspname, t.typname),
        'labels', (SELECT json_agg(e.enumlabel ORDER BY e.enumsortorder)
                   FROM pg_catalog.pg_enum e WHERE e.enumtypid = t.oid),
        'comment', pg_catalog.obj_description(t.oid, 'pg_type'),
        'owner', nullif(pg_catalog.pg_get_userbyid(t.typowner), current_user),
        'privileges', CASE WHEN t.typacl IS NOT NULL THEN (
            SELECT coalesce(json_agg(DISTINCT acl::text), '[]')
            FROM pg_catalog.unnest(t.typacl) acl, LATERAL pg_catalog.aclexplode(ARRAY[acl]) x
            WHERE x.grantee <> t.typowner) END,
        'uses', (SELECT coalesce(json_agg(
                     json_build_array(cn.nspname, c.relname, a.attname) ORDER BY 1), '[]')
                 FROM pg_catalog.pg_attribute a
                 JOIN pg_catalog.pg_class c ON c.oid = a.attrelid AND c.relkind IN ('r', 'p')
                 JOIN pg_catalog.pg_namespace cn ON cn.oid = c.relnamespace
                 WHERE a.atttypid IN (t.oid, t.typarray) AND a.attnum > 0
                   AND NOT a.attisdropped AND a.attinhcount = 0),
        'others', (SELECT coalesce(json_agg(DISTINCT pg_catalog.replace(
                       pg_catalog.pg_describe_object(d.classid, d.objid, d.objsubid),
                       'rule _RETURN on ', '')), '[]')
                   FROM pg_catalog.pg_depend d
                   WHERE d.refclassid = 'pg_catalog.pg_type'::regclass
                     AND d.refobjid IN (t.oid, t.typarray) AND d.deptype <> 'i'
                     AND (d.classid IN ('pg_catalog.pg_proc'::regclass,
                                        'pg_catalog.pg_type'::regclass,
                                        'pg_catalog.pg_cast'::regclass,
                                        'pg_catalog.pg_operator'::regclass,
                                        'pg_catalog.pg_rewrite'::regclass,
                                        'pg_catalog.pg_policy'::regclass,
                                        'pg_catalog.pg_trigger'::regclass)
                          OR (d.classid = 'pg_catalog.pg_class'::regclass AND EXISTS (
                              SELECT FROM pg_catalog.pg_class c
                              WHERE c.oid = d.objid AND c.relkind NOT IN ('r', 'p', 'i', 'I')))))
    )::text
    FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
    WHERE t.oid = %(oid)s::oid AND t.typtype = 'e'
"""

INDEXES: LiteralString = """
    SELECT json_build_object(
        'name', c.relname,
        'method', am.amname,
        'unique', i.indisunique,
        'primary', i.indisprimary,
        'valid', i.indisvalid AND i.indisready,
        'immediate', i.indimmediate,
        'nulls_not_distinct', (to_jsonb(i) ->> 'indnullsnotdistinct')::boolean,
        'key_count', i.indnkeyatts,
        'predicate', pg_catalog.pg_get_expr(i.indpred, i.indrelid),
        'options', c.reloptions,
        'tablespace', ts.spcname,
        'constraint', (SELECT k.conname FROM pg_catalog.pg_constraint k
                       WHERE k.conindid = i.indexrelid AND k.conrelid = i.indrelid
                         AND k.contype IN ('p', 'u', 'x')),
        'comment', pg_catalog.obj_description(c.oid, 'pg_class'),
        'parent', (SELECT json_build_array(pn.nspname, pc.relname)
                   FROM pg_catalog.pg_inherits h
                   JOIN pg_catalog.pg_class pc ON pc.oid = h.inhparent
                   JOIN pg_catalog.pg_namespace pn ON pn.oid = pc.relnamespace
                   WHERE h.inhrelid = c.oid),
        'identifies', i.indisreplident,
        'clustered', i.indisclustered,
        'statistics', (
            SELECT coalesce(json_agg(json_build_array(ia.attnum, ia.attstattarget)
                                     ORDER BY ia.attnum), '[]')
            FROM pg_catalog.pg_attribute ia
            WHERE ia.attrelid = i.indexrelid AND ia.attstattarget >= 0),
        'columns', (
            SELECT coalesce(json_agg(a.attname ORDER BY a.attnum), '[]')
            FROM pg_catalog.pg_attribute a
            WHERE a.attrelid = i.indrelid AND a.attnum > 0 AND (
                a.attnum = ANY (i.indkey::int2[])
                OR EXISTS (
                    SELECT FROM pg_catalog.pg_depend p
                    WHERE p.classid = 'pg_catalog.pg_class'::regclass
                      AND p.objid = i.indexrelid
                      AND p.refclassid = 'pg_catalog.pg_class'::regclass
                      AND p.refobjid = i.indrelid AND p.refobjsubid = a.attnum))),
        'keys', (
            SELECT json_agg(json_build_object(
                'at', k.at,
                'column', a.attname,
                'expression', pg_catalog.pg_get_indexdef(i.indexrelid, k.at::integer, false),
                'collation', CASE WHEN k.coll <> 0 AND k.coll <> coalesce(a.attcollation, 100)
                    THEN pg_catalog.quote_ident(cn.nspname) || '.'
                        || pg_catalog.quote_ident(co.collname) END,
                'opclass', NOT coalesce(oc.opcdefault, true),
                'opclass_name', pg_catalog.quote_ident(ocn.nspname) || '.'
                    || pg_catalog.quote_ident(oc.opcname),
                'opclass_options', ia.attoptions,
                'descending', (coalesce(k.opt, 0) & 1) = 1,
                'nulls_first', (coalesce(k.opt, 0) & 2) = 2) ORDER BY k.at)
            FROM ROWS FROM (
                unnest(i.indkey::int2[]), unnest(i.indclass::oid[]),
                unnest(i.indcollation::oid[]), unnest(i.indoption::int2[])
            ) WITH ORDINALITY AS k (att, cls, coll, opt, at)
            LEFT JOIN pg_catalog.pg_attribute a
                ON a.attrelid = i.indrelid AND a.attnum = k.att AND k.att > 0
            LEFT JOIN pg_catalog.pg_attribute ia
                ON ia.attrelid = i.indexrelid AND ia.attnum = k.at
            LEFT JOIN pg_catalog.pg_opclass oc ON oc.oid = k.cls
            LEFT JOIN pg_catalog.pg_namespace ocn ON ocn.oid = oc.opcnamespace
            LEFT JOIN pg_catalog.pg_collation co ON co.oid = k.coll
            LEFT JOIN pg_catalog.pg_namespace cn ON cn.oid = co.collnamespace)
    )::text
    FROM pg_catalog.pg_index i
    JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
    JOIN pg_catalog.pg_am am ON am.oid = c.relam
    LEFT JOIN pg_catalog.pg_tablespace ts ON ts.oid = c.reltablespace
    WHERE i.indrelid = %(oid)s::oid
    ORDER BY c.relname
"""

CONSTRAINTS: LiteralString = """
    SELECT json_build_object(
        'name', k.conname,
        'kind', k.contype,
        'columns', (SELECT json_agg(a.attname ORDER BY array_position(k.conkey, a.attnum))
                    FROM pg_catalog.pg_attribute a
                    WHERE a.attrelid = k.conrelid AND a.attnum = ANY (k.conkey)),
        'definition', pg_catalog.pg_get_constraintdef(k.oid),
        'valid', k.convalidated,
        'deferrable', k.condeferrable,
        'deferred', k.condeferred,
        'comment', pg_catalog.obj_description(k.oid, 'pg_constraint'),
        'inherited', k.coninhcount > 0
    )::text
    FROM pg_catalog.pg_constraint k
    WHERE k.conrelid = %(oid)s::oid
    ORDER BY k.conname
"""
