"""Questions about types."""

from expandcontract.model.names import TableName
from expandcontract.model.probe import Probe


def type_exists(type_: str) -> Probe:
    """Whether the server knows the type, as it would be written in DDL."""
    return Probe("pg_catalog.to_regtype(%(type)s) IS NOT NULL", {"type": type_})


def type_is_constrained(type_: str) -> Probe:
    """Whether it is a domain that refuses some values: adding such a column rewrites the table."""
    return Probe(
        "EXISTS (SELECT FROM pg_catalog.pg_type t WHERE t.oid = pg_catalog.to_regtype(%(type)s)"
        " AND t.typtype = 'd' AND (t.typnotnull OR EXISTS (SELECT FROM pg_catalog.pg_constraint c"
        " WHERE c.contypid = t.oid)))",
        {"type": type_},
    )


def is_enum(name: TableName) -> Probe:
    """Whether there is an enum type of the name."""
    return Probe(
        "EXISTS (SELECT FROM pg_catalog.pg_type WHERE oid = pg_catalog.to_regtype(%(type)s)"
        " AND typtype = 'e')",
        {"type": str(name)},
    )


def is_enum_value(name: TableName, value: str) -> Probe:
    """Whether the enum has the value."""
    return Probe(
        "EXISTS (SELECT FROM pg_catalog.pg_enum"
        " WHERE enumtypid = pg_catalog.to_regtype(%(type)s) AND enumlabel = %(value)s)",
        {"type": str(name), "value": value},
    )
