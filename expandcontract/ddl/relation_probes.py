"""Questions about whole relations: which names stand, for what, and over what."""

from expandcontract.model.names import TableName
from expandcontract.model.probe import Probe


def is_table(table: TableName) -> Probe:
    """Whether a table, partitioned or not, stands under the name."""
    return Probe(
        "EXISTS (SELECT FROM pg_catalog.pg_class"
        " WHERE oid = pg_catalog.to_regclass(%(table)s) AND relkind IN ('r', 'p'))",
        {"table": str(table)},
    )


def is_partitioned(table: TableName) -> Probe:
    """Whether a partitioned table stands under the name."""
    return Probe(
        "EXISTS (SELECT FROM pg_catalog.pg_class"
        " WHERE oid = pg_catalog.to_regclass(%(table)s) AND relkind = 'p')",
        {"table": str(table)},
    )


def name_is_free(name: TableName) -> Probe:
    """Whether no relation of any kind has the name."""
    return Probe("pg_catalog.to_regclass(%(table)s) IS NULL", {"table": str(name)})


def view_shows(view: TableName, table: TableName) -> Probe:
    """Whether a view of the one name reads a table of the other."""
    return Probe(
        "EXISTS (SELECT FROM pg_catalog.pg_rewrite w JOIN pg_catalog.pg_depend d"
        " ON d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass AND d.objid = w.oid"
        " AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass"
        " JOIN pg_catalog.pg_class c ON c.oid = d.refobjid AND c.relkind IN ('r', 'p')"
        " WHERE w.ev_class = pg_catalog.to_regclass(%(view)s)"
        " AND d.refobjid = pg_catalog.to_regclass(%(table)s))",
        {"view": str(view), "table": str(table)},
    )


def columns_agree(left: TableName, right: TableName) -> Probe:
    """Whether both relations have columns of the same names."""

    def names(parameter: str) -> str:
        return (
            "(SELECT pg_catalog.array_agg(attname::text ORDER BY attname)"
            " FROM pg_catalog.pg_attribute WHERE attnum > 0 AND NOT attisdropped"
            f" AND attrelid = pg_catalog.to_regclass(%({parameter})s))"
        )

    return Probe(
        f"{names('left')} IS NOT DISTINCT FROM {names('right')}",
        {"left": str(left), "right": str(right)},
    )
