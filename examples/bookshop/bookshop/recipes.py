"""What several revisions do alike."""

import sqlalchemy as sa
from alembic import op


def add_audit_columns(table: str) -> None:
    """Who changed a row, and when; safe."""
    op.add_column(table, sa.Column("changed_at", sa.DateTime(timezone=True)))
    op.add_column(table, sa.Column("changed_by", sa.Text))


def drop_at_once(table: str, index: str) -> None:
    """Drop an index while everybody waits."""
    op.drop_index(index, table)
