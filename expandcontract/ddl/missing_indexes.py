"""The next command for a partition that came after a plan was made, and lacks an index."""

from expandcontract.ddl import indexes
from expandcontract.model.catalog import Index
from expandcontract.model.names import TableName, literal

_PLACE = TableName("\u0001")


def next_command(root: TableName, index: Index, using: str = "") -> str:
    """A query for one text: what to run next for such a partition; no row once none is left.

    `using` is what makes a constraint of its index: `UNIQUE USING INDEX %I`. The names are those of
    the moment, so the server quotes them.
    """
    owner = TableName(index.name, root.schema)
    unique = "UNIQUE " if index.unique else ""
    alone = indexes.create_concurrently(_PLACE, index).sql
    tail = alone.partition(f" ON {_PLACE} ")[2].replace("%", "%%")
    build = literal(f"CREATE {unique}INDEX CONCURRENTLY %I ON %I.%I {tail}")
    add = literal(f"ALTER TABLE %I.%I ADD CONSTRAINT %I {using}")
    held = (
        "true"
        if not using
        else ("EXISTS (SELECT FROM pg_catalog.pg_constraint k WHERE k.conindid = o.indexrelid)")
    )
    return f"""
        WITH found AS (
            SELECT c.oid, n.nspname, c.relname, x.relname AS above, xn.nspname AS above_in,
                   pg_catalog.left(c.relname, 40) || '_'
                   || pg_catalog.left(pg_catalog.md5(c.relname || {literal(index.name)}), 10)
                   AS name
            FROM pg_catalog.pg_partition_tree(pg_catalog.to_regclass({literal(str(root))})) t
            JOIN pg_catalog.pg_class c ON c.oid = t.relid
            JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            JOIN pg_catalog.pg_index i ON i.indrelid = t.parentrelid
            JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
            JOIN pg_catalog.pg_namespace xn ON xn.oid = x.relnamespace
            WHERE t.isleaf AND t.level > 0
              AND EXISTS (SELECT FROM pg_catalog.pg_partition_ancestors(i.indexrelid) a
                          WHERE a.relid = pg_catalog.to_regclass({literal(str(owner))}))
              AND NOT EXISTS (SELECT FROM pg_catalog.pg_inherits h
                              JOIN pg_catalog.pg_index own ON own.indexrelid = h.inhrelid
                              WHERE h.inhparent = i.indexrelid AND own.indrelid = c.oid)
            ORDER BY c.oid LIMIT 1
        )
        SELECT CASE
            WHEN o.indexrelid IS NULL
                THEN pg_catalog.format({build}, f.name, f.nspname, f.relname)
            WHEN NOT o.indisvalid
                THEN pg_catalog.format('DROP INDEX CONCURRENTLY %I.%I', f.nspname, f.name)
            WHEN NOT ({held})
                THEN pg_catalog.format({add}, f.nspname, f.relname, f.name, f.name)
            ELSE pg_catalog.format('ALTER INDEX %I.%I ATTACH PARTITION %I.%I',
                                   f.above_in, f.above, f.nspname, f.name)
        END
        FROM found f LEFT JOIN pg_catalog.pg_index o ON o.indexrelid
            = pg_catalog.to_regclass(pg_catalog.format('%I.%I', f.nspname, f.name))"""
