"""Types that a database has of its own."""

from expandcontract.model.names import TableName, literal
from expandcontract.model.statement import Statement


def add_value(name: TableName, value: str, *, before: str = "", after: str = "") -> Statement:
    """Add a value to an enum; it cannot be used in the same transaction."""
    sql = f"ALTER TYPE {name} ADD VALUE IF NOT EXISTS {literal(value)}"
    if before:
        sql += f" BEFORE {literal(before)}"
    elif after:
        sql += f" AFTER {literal(after)}"
    return Statement(sql=sql)
