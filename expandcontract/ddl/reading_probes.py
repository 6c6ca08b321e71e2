"""Questions about what reads a column, numbers it, or belongs to its indexes."""

from expandcontract.model.catalog import Index
from expandcontract.model.names import TableName
from expandcontract.model.probe import Probe


def is_read_by(table: TableName, column: str, objects: int) -> Probe:
    """Whether so many views, policies, triggers, … that are not ours read the column."""
    return Probe(
        "(SELECT count(DISTINCT (d.classid, d.objid)) FROM pg_catalog.pg_depend d"
        " JOIN pg_catalog.pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid"
        " WHERE d.refclassid = 'pg_catalog.pg_class'::regclass"
        " AND d.refobjid = pg_catalog.to_regclass(%(table)s) AND a.attname = %(column)s"
        " AND d.classid::regclass::text = ANY ('{pg_rewrite,pg_policy,pg_trigger,pg_proc,"
        "pg_statistic_ext,pg_publication_rel,pg_catalog.pg_rewrite,pg_catalog.pg_policy,"
        "pg_catalog.pg_trigger,pg_catalog.pg_proc,pg_catalog.pg_statistic_ext,"
        "pg_catalog.pg_publication_rel}') AND NOT EXISTS (SELECT FROM pg_catalog.pg_trigger g"
        " WHERE d.classid = 'pg_catalog.pg_trigger'::regclass AND g.oid = d.objid"
        " AND (g.tgisinternal OR pg_catalog.strpos(g.tgname, 'zz_ec_') = 1)))"
        " >= %(objects)s::bigint",
        {"table": str(table), "column": column, "objects": str(objects)},
    )


def is_numbered_by(table: TableName, column: str, sequence: TableName) -> Probe:
    """Whether the sequence belongs to the column."""
    return Probe(
        "EXISTS (SELECT FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_attribute a"
        " ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid"
        " WHERE d.classid = 'pg_catalog.pg_class'::regclass"
        " AND d.objid = pg_catalog.to_regclass(%(sequence)s)"
        " AND d.refobjid = pg_catalog.to_regclass(%(table)s) AND a.attname = %(column)s"
        " AND d.deptype IN ('a', 'i'))",
        {"table": str(table), "column": column, "sequence": str(sequence)},
    )


def index_has_roles(table: TableName, index: Index) -> Probe:
    """Whether the index of that name is to the table what this one was."""
    told = {"REPLICA IDENTITY": "indisreplident", "CLUSTER": "indisclustered"}
    roles = "".join(f" AND i.{column}" for role, column in told.items() if role in index.roles)
    return Probe(
        "EXISTS (SELECT FROM pg_catalog.pg_index i"
        f" WHERE i.indexrelid = pg_catalog.to_regclass(%(index)s){roles}"
        " AND (SELECT count(*) FROM pg_catalog.pg_attribute a WHERE a.attrelid = i.indexrelid"
        " AND a.attstattarget >= 0) >= %(statistics)s::bigint)",
        {
            "index": str(TableName(index.name, table.schema)),
            "statistics": str(len(index.statistics)),
        },
    )
