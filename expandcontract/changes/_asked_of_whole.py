"""What only a server knows of a table that passes its name, or its rows, to another one."""

from collections.abc import Iterator

from expandcontract.model.catalog import Table
from expandcontract.model.names import literal
from expandcontract.model.trial import Trial


def stays_behind(table: Table) -> Iterator[Trial]:
    """What belongs to the old table as a whole, and to none of its columns."""
    name = f"pg_catalog.to_regclass({literal(str(table.name))})"
    yield Trial(
        text=f"what hangs on {table.name.plain} as a whole and would stay with the old table",
        sql=f"""
            SELECT DISTINCT pg_catalog.replace(
                pg_catalog.pg_describe_object(d.classid, d.objid, d.objsubid),
                'rule _RETURN on ', '')
            FROM pg_catalog.pg_class c LEFT JOIN pg_catalog.pg_type t ON t.oid = c.reltype
            JOIN pg_catalog.pg_depend d ON d.deptype <> 'i' AND (
                d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjid = c.oid
                AND d.refobjsubid = 0 AND d.classid IN (
                    'pg_catalog.pg_rewrite'::regclass, 'pg_catalog.pg_policy'::regclass)
                OR d.refclassid = 'pg_catalog.pg_type'::regclass
                AND d.refobjid IN (c.reltype, t.typarray))
            WHERE c.oid = {name}
            UNION ALL SELECT 'UNLOGGED' FROM pg_catalog.pg_class
            WHERE oid = {name} AND relpersistence = 'u'
            UNION ALL SELECT 'REPLICA IDENTITY ' || CASE relreplident WHEN 'f' THEN 'FULL'
            ELSE 'NOTHING' END FROM pg_catalog.pg_class
            WHERE oid = {name} AND relreplident IN ('f', 'n')""",
        is_question=True,
        cure="take it away first, and give it again after contract",
    )


def no_more_rights(table: Table) -> Iterator[Trial]:
    """Whether default privileges would give a new relation to who may not have this one."""
    yield Trial(
        text=f"default privileges, which are wider than those of {table.name.plain}",
        sql=f"""
            SELECT DISTINCT pg_catalog.format('%s for %s', x.privilege_type, who.name)
            FROM pg_catalog.pg_class c JOIN pg_catalog.pg_default_acl a
                ON a.defaclobjtype = 'r' AND a.defaclnamespace IN (0, c.relnamespace)
                AND pg_catalog.pg_get_userbyid(a.defaclrole) = current_user
            CROSS JOIN LATERAL pg_catalog.aclexplode(a.defaclacl) x
            CROSS JOIN LATERAL (SELECT CASE x.grantee WHEN 0 THEN 'public'
                ELSE pg_catalog.pg_get_userbyid(x.grantee)::text END AS name) who
            WHERE c.oid = pg_catalog.to_regclass({literal(str(table.name))})
                AND x.grantee <> a.defaclrole
                AND NOT pg_catalog.has_table_privilege(who.name, c.oid, x.privilege_type)""",
        is_question=True,
        cure="grant the same on it, or take the default away first (ALTER DEFAULT PRIVILEGES)",
    )


def comparable(types: tuple[str, ...], *, locks: bool) -> Iterator[Trial]:
    """Whether triggers, whose search path is pg_catalog alone, can find a row by such a key.

    `locks`: they also make a number of it, for an advisory lock.
    """
    wanted = ", ".join(f"({literal(one)})" for one in types)
    yield Trial(
        text="the key, by which triggers find a row",
        sql=f"""
            WITH RECURSIVE base (named, oid) AS (
                SELECT named, pg_catalog.to_regtype(named)::oid FROM (VALUES {wanted}) AS v (named)
                UNION ALL
                SELECT named, t.typbasetype FROM base
                JOIN pg_catalog.pg_type t ON t.oid = base.oid AND t.typtype = 'd'
            ) SELECT DISTINCT pg_catalog.format('two of type %s are compared by an operator of %s',
                base.named, n.nspname)
            FROM base
            JOIN pg_catalog.pg_opclass k ON k.opcintype = base.oid AND k.opcdefault
            JOIN pg_catalog.pg_am m ON m.oid = k.opcmethod AND m.amname = 'btree'
            JOIN pg_catalog.pg_amop a ON a.amopfamily = k.opcfamily AND a.amopstrategy = 3
                AND a.amoplefttype = k.opcintype AND a.amoprighttype = k.opcintype
            JOIN pg_catalog.pg_operator o ON o.oid = a.amopopr
            JOIN pg_catalog.pg_namespace n ON n.oid = o.oprnamespace
            WHERE n.nspname <> 'pg_catalog'""",
        is_question=True,
        cure="they look in pg_catalog alone; give the table a key of another type first",
    )
    if locks:
        nulls = ", ".join(f"CAST(NULL AS {one})" for one in types)
        yield Trial(
            text="the key, which the triggers lock",
            sql=f"SELECT pg_catalog.hash_record_extended(ROW({nulls}), 0)",
            cure="give the table a key of another type first",
        )
