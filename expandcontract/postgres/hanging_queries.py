"""What depends on columns, with the texts that make it again; each row as one JSON text.

A text is made for the moment at which the new column has the old one's name: the definition as it
stands then means the new column, whatever is in it. `again` are the commands of that moment,
`before` those that have to come before the columns are exchanged where types change. What is made
anew gets the privileges that its schema gives by default; the ones it had are all that stay.
"""

from typing import LiteralString

MADE_AGAIN: LiteralString = """
    WITH hanging AS (
        SELECT DISTINCT a.attname, d.classid, d.objid
        FROM pg_catalog.pg_depend d
        JOIN pg_catalog.pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
        WHERE d.refclassid = 'pg_catalog.pg_class'::regclass
          AND d.refobjid = %(oid)s::oid AND d.refobjsubid > 0
    ), views AS (
        SELECT h.attname, r.oid, c.oid AS view, c.relowner, c.relacl, c.reloptions,
               c.relnamespace, c.oid::pg_catalog.regclass::text AS name,
               pg_catalog.pg_get_viewdef(c.oid) AS definition,
               EXISTS (
                   SELECT FROM pg_catalog.pg_depend x
                   WHERE x.refclassid = 'pg_catalog.pg_class'::regclass AND x.refobjid = c.oid
                     AND x.deptype = 'n' AND NOT (x.classid = 'pg_catalog.pg_rewrite'::regclass
                                                  AND x.objid = r.oid)
               ) OR EXISTS (SELECT FROM pg_catalog.pg_trigger g WHERE g.tgrelid = c.oid)
                 OR EXISTS (SELECT FROM pg_catalog.pg_attrdef f WHERE f.adrelid = c.oid)
                 OR (SELECT count(*) FROM pg_catalog.pg_rewrite w WHERE w.ev_class = c.oid) > 1
                 AS is_used
        FROM hanging h
        JOIN pg_catalog.pg_rewrite r ON h.classid = 'pg_catalog.pg_rewrite'::regclass
             AND r.oid = h.objid AND r.rulename = '_RETURN'
        JOIN pg_catalog.pg_class c ON c.oid = r.ev_class AND c.relkind = 'v'
    )
    SELECT m.text, pg_catalog.pg_describe_object(
        ('pg_catalog.' || (m.text::json ->> 'class'))::pg_catalog.regclass,
        (m.text::json ->> 'id')::oid, 0)
    FROM (
    SELECT json_build_object(
        'column', v.attname, 'class', 'pg_rewrite', 'id', v.oid,
        'again', json_build_array(format('CREATE OR REPLACE VIEW %%s%%s AS %%s', v.name,
            ' WITH (' || pg_catalog.array_to_string(v.reloptions, ', ') || ')',
            pg_catalog.rtrim(v.definition, ';'))),
        'drop', CASE WHEN NOT v.is_used
            THEN json_build_array(format('DROP VIEW %%s', v.name)) END,
        'made', (SELECT json_agg(made.text ORDER BY made.at) FROM (
            SELECT 1 AS at, format('CREATE VIEW %%s%%s AS %%s', v.name,
                ' WITH (' || pg_catalog.array_to_string(v.reloptions, ', ') || ')',
                pg_catalog.rtrim(v.definition, ';')) AS text
            UNION ALL
            SELECT 2, format('ALTER VIEW %%s OWNER TO %%I', v.name,
                pg_catalog.pg_get_userbyid(v.relowner))
            UNION ALL
            SELECT 3, format('REVOKE ALL ON %%s FROM %%s', v.name,
                CASE WHEN x.grantee = 0 THEN 'PUBLIC'
                ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(x.grantee)) END)
            FROM pg_catalog.pg_default_acl da, pg_catalog.aclexplode(da.defaclacl) x
            WHERE da.defaclobjtype = 'r' AND da.defaclnamespace IN (0, v.relnamespace)
              AND x.grantee <> v.relowner
            GROUP BY x.grantee
            UNION ALL
            SELECT 4, format('GRANT %%s ON %%s TO %%s%%s', x.privilege_type, v.name,
                CASE WHEN x.grantee = 0 THEN 'PUBLIC'
                ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(x.grantee)) END,
                CASE WHEN x.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
            FROM pg_catalog.aclexplode(v.relacl) x WHERE x.grantee <> v.relowner
            UNION ALL
            SELECT 5, format('GRANT %%s (%%I) ON %%s TO %%s%%s', x.privilege_type, ca.attname,
                v.name, CASE WHEN x.grantee = 0 THEN 'PUBLIC'
                ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(x.grantee)) END,
                CASE WHEN x.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
            FROM pg_catalog.pg_attribute ca, pg_catalog.aclexplode(ca.attacl) x
            WHERE ca.attrelid = v.view AND x.grantee <> v.relowner
            UNION ALL
            SELECT 6, format('COMMENT ON VIEW %%s IS %%L', v.name,
                pg_catalog.obj_description(v.view, 'pg_class'))
            WHERE pg_catalog.obj_description(v.view, 'pg_class') IS NOT NULL
            UNION ALL
            SELECT 7, format('COMMENT ON COLUMN %%s.%%I IS %%L', v.name, ca.attname,
                pg_catalog.col_description(v.view, ca.attnum))
            FROM pg_catalog.pg_attribute ca
            WHERE ca.attrelid = v.view AND ca.attnum > 0
              AND pg_catalog.col_description(v.view, ca.attnum) IS NOT NULL
        ) made))::text
    FROM views v
    UNION ALL
    SELECT json_build_object(
        'column', h.attname, 'class', 'pg_rewrite', 'id', r.oid,
        'again', json_build_array(pg_catalog.regexp_replace(
            pg_catalog.rtrim(pg_catalog.pg_get_ruledef(r.oid), ';'),
            '^CREATE RULE', 'CREATE OR REPLACE RULE')))::text
    FROM hanging h JOIN pg_catalog.pg_rewrite r
        ON h.classid = 'pg_catalog.pg_rewrite'::regclass AND r.oid = h.objid
           AND r.rulename <> '_RETURN' AND r.ev_enabled = 'O'
    UNION ALL
    SELECT json_build_object(
        'column', h.attname, 'class', 'pg_policy', 'id', p.oid,
        'again', json_build_array(format('ALTER POLICY %%I ON %%s%%s%%s', p.polname,
            p.polrelid::pg_catalog.regclass,
            ' USING (' || pg_catalog.pg_get_expr(p.polqual, p.polrelid) || ')',
            ' WITH CHECK (' || pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid) || ')')))::text
    FROM hanging h JOIN pg_catalog.pg_policy p
        ON h.classid = 'pg_catalog.pg_policy'::regclass AND p.oid = h.objid
    UNION ALL
    SELECT json_build_object(
        'column', h.attname, 'class', 'pg_trigger', 'id', g.oid,
        'columns', (SELECT json_agg(ta.attname) FROM pg_catalog.pg_attribute ta
                    WHERE ta.attrelid = g.tgrelid AND ta.attnum = ANY (g.tgattr)),
        'again', json_build_array(
            pg_catalog.regexp_replace(pg_catalog.pg_get_triggerdef(g.oid),
                '^CREATE TRIGGER', 'CREATE OR REPLACE TRIGGER'),
            format('ALTER TABLE %%s %%s TRIGGER %%I', g.tgrelid::pg_catalog.regclass,
                CASE g.tgenabled WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA'
                WHEN 'A' THEN 'ENABLE ALWAYS' ELSE 'ENABLE' END, g.tgname)))::text
    FROM hanging h JOIN pg_catalog.pg_trigger g
        ON h.classid = 'pg_catalog.pg_trigger'::regclass AND g.oid = h.objid
           AND NOT g.tgisinternal AND g.tgconstraint = 0 AND g.tgparentid = 0
           AND g.tgname NOT LIKE 'zz\\_ec\\_%%'
    UNION ALL
    SELECT json_build_object(
        'column', h.attname, 'class', 'pg_proc', 'id', f.oid,
        'again', json_build_array(
            pg_catalog.rtrim(pg_catalog.pg_get_functiondef(f.oid), E'\\n')))::text
    FROM hanging h JOIN pg_catalog.pg_proc f
        ON h.classid = 'pg_catalog.pg_proc'::regclass AND f.oid = h.objid
           AND f.prokind IN ('f', 'p')
    UNION ALL
    SELECT json_build_object(
        'column', h.attname, 'class', 'pg_statistic_ext', 'id', s.oid,
        'drop', json_build_array(format('DROP STATISTICS IF EXISTS %%I.%%I', n.nspname, s.stxname)),
        'again', json_build_array(
            format('DROP STATISTICS IF EXISTS %%I.%%I', n.nspname, s.stxname),
            pg_catalog.pg_get_statisticsobjdef(s.oid),
            'ALTER STATISTICS ' || format('%%I.%%I', n.nspname, s.stxname) || ' SET STATISTICS '
                || nullif((to_jsonb(s) ->> 'stxstattarget')::integer, -1),
            'ALTER STATISTICS ' || format('%%I.%%I', n.nspname, s.stxname) || ' OWNER TO '
                || pg_catalog.quote_ident(
                    nullif(pg_catalog.pg_get_userbyid(s.stxowner), current_user)),
            'COMMENT ON STATISTICS ' || format('%%I.%%I', n.nspname, s.stxname) || ' IS '
                || pg_catalog.quote_literal(pg_catalog.obj_description(s.oid, 'pg_statistic_ext'))
        ))::text
    FROM hanging h JOIN pg_catalog.pg_statistic_ext s
        ON h.classid = 'pg_catalog.pg_statistic_ext'::regclass AND s.oid = h.objid
           AND s.stxrelid = %(oid)s::oid
    JOIN pg_catalog.pg_namespace n ON n.oid = s.stxnamespace
    ) AS m (text)
"""

# 15 and later: a publication of some columns, or of some rows.
PUBLISHED: LiteralString = """
    SELECT json_build_object(
        'column', h.attname, 'class', 'pg_publication_rel', 'id', r.oid,
        'again', json_build_array(
            format('ALTER PUBLICATION %%I DROP TABLE ONLY %%s', p.pubname, c.name),
            format('ALTER PUBLICATION %%I ADD TABLE ONLY %%s%%s%%s', p.pubname, c.name,
                ' (' || (SELECT string_agg(pg_catalog.quote_ident(pa.attname), ', '
                                           ORDER BY pa.attnum)
                         FROM pg_catalog.pg_attribute pa
                         WHERE pa.attrelid = r.prrelid
                           AND pa.attnum = ANY (r.prattrs::int2[])) || ')',
                ' WHERE (' || pg_catalog.pg_get_expr(r.prqual, r.prrelid) || ')')))::text,
        pg_catalog.pg_describe_object('pg_catalog.pg_publication_rel'::regclass, r.oid, 0)
    FROM pg_catalog.pg_depend d
    JOIN pg_catalog.pg_attribute h ON h.attrelid = d.refobjid AND h.attnum = d.refobjsubid
    JOIN pg_catalog.pg_publication_rel r
        ON d.classid = 'pg_catalog.pg_publication_rel'::regclass AND r.oid = d.objid
    JOIN pg_catalog.pg_publication p ON p.oid = r.prpubid
    CROSS JOIN LATERAL (SELECT r.prrelid::pg_catalog.regclass::text AS name) c
    WHERE d.refclassid = 'pg_catalog.pg_class'::regclass
      AND d.refobjid = %(oid)s::oid AND d.refobjsubid > 0
"""

# Foreign keys of other tables, and of this one, that point at this table.
REFERENCES: LiteralString = """
    SELECT json_build_object(
        'table', json_build_array(n.nspname, c.relname), 'name', k.conname,
        'columns', (SELECT json_agg(a.attname) FROM pg_catalog.pg_attribute a
                    WHERE a.attrelid = k.conrelid AND a.attnum = ANY (k.conkey)),
        'targets', (SELECT json_agg(a.attname) FROM pg_catalog.pg_attribute a
                    WHERE a.attrelid = k.confrelid AND a.attnum = ANY (k.confkey)),
        'definition', pg_catalog.pg_get_constraintdef(k.oid),
        'valid', k.convalidated,
        'is_plain', c.relkind = 'r' AND NOT c.relispartition,
        'description', pg_catalog.pg_describe_object(
            'pg_catalog.pg_constraint'::regclass, k.oid, 0),
        'comment', pg_catalog.obj_description(k.oid, 'pg_constraint'))::text
    FROM pg_catalog.pg_constraint k
    JOIN pg_catalog.pg_class c ON c.oid = k.conrelid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE k.contype = 'f' AND k.confrelid = %(oid)s::oid AND k.conparentid = 0
    ORDER BY n.nspname, c.relname, k.conname
"""

# Everything that PostgreSQL records as reading a column, less what the other queries list: the
# table's indexes and constraints, the column's own default and sequence, and our triggers.
# What a foreign key of another table points at is recorded against the key's index, so it is
# asked for by itself.
DEPENDENTS: LiteralString = """
    SELECT DISTINCT a.attname::text, o.type,
           pg_catalog.pg_describe_object(d.classid, d.objid, d.objsubid)
    FROM pg_catalog.pg_depend d
    JOIN pg_catalog.pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
    CROSS JOIN LATERAL pg_catalog.pg_identify_object(d.classid, d.objid, d.objsubid) o
    WHERE d.refclassid = 'pg_catalog.pg_class'::regclass
      AND d.refobjid = %(oid)s::oid AND d.refobjsubid > 0
      AND NOT (d.classid = 'pg_catalog.pg_class'::regclass AND EXISTS (
          SELECT FROM pg_catalog.pg_class c WHERE c.oid = d.objid AND (
              c.relkind = 'S'
              OR EXISTS (SELECT FROM pg_catalog.pg_index i
                         WHERE i.indexrelid = c.oid AND i.indrelid = d.refobjid))))
      AND NOT (d.classid = 'pg_catalog.pg_constraint'::regclass AND EXISTS (
          SELECT FROM pg_catalog.pg_constraint k
          WHERE k.oid = d.objid AND k.conrelid = d.refobjid))
      AND NOT (d.classid = 'pg_catalog.pg_attrdef'::regclass AND EXISTS (
          SELECT FROM pg_catalog.pg_attrdef f
          WHERE f.oid = d.objid AND f.adrelid = d.refobjid AND f.adnum = d.refobjsubid))
      AND NOT (d.classid = 'pg_catalog.pg_trigger'::regclass AND EXISTS (
          SELECT FROM pg_catalog.pg_trigger g
          WHERE g.oid = d.objid AND (g.tgname LIKE 'zz\\_ec\\_%%' OR g.tgparentid <> 0)))
      AND NOT (d.classid = 'pg_catalog.pg_constraint'::regclass AND EXISTS (
          SELECT FROM pg_catalog.pg_constraint k WHERE k.oid = d.objid AND k.conparentid <> 0))
    UNION
    SELECT a.attname::text, 'foreign key', pg_catalog.pg_describe_object(
        'pg_catalog.pg_constraint'::regclass, k.oid, 0)
    FROM pg_catalog.pg_constraint k
    JOIN pg_catalog.pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = ANY (k.confkey)
    WHERE k.contype = 'f' AND k.confrelid = %(oid)s::oid AND k.conparentid = 0
    ORDER BY 1, 3
"""
