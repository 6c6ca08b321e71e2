"""Enum types: made, renamed, dropped. None of it locks a table."""

from expandcontract.model.names import TableName, literal, quoted
from expandcontract.model.statement import Statement


def create(name: TableName, labels: tuple[str, ...]) -> Statement:
    """Make a type with these values, in this order."""
    listed = ", ".join(literal(label) for label in labels)
    return Statement(sql=f"CREATE TYPE {name} AS ENUM ({listed})")


def rename(name: TableName, to: str) -> Statement:
    """Give a type another name; columns of it do not notice, texts that name it do."""
    return Statement(sql=f"ALTER TYPE {name} RENAME TO {quoted(to)}")


def give_to(name: TableName, role: str) -> Statement:
    """Make a role the owner of a type."""
    return Statement(sql=f"ALTER TYPE {name} OWNER TO {quoted(role)}")


def drop(name: TableName) -> Statement:
    """Drop a type that nothing uses any more."""
    return Statement(sql=f"DROP TYPE IF EXISTS {name}")


def comment(name: TableName, text: str) -> Statement:
    """Describe a type."""
    return Statement(sql=f"COMMENT ON TYPE {name} IS {literal(text)}")
