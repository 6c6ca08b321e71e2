"""Keeps what belongs to open changes out of `alembic check` and `revision --autogenerate`."""


def register(kind: type) -> None:
    """Add the comparator."""
