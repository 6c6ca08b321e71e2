"""Columns by the shared recipe."""

from alembic import op

from bookshop.recipes import add_audit_columns, drop_at_once

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    add_audit_columns("books")
    add_audit_columns("authors")
    drop_at_once("books", "ix_books_width")  # says: EC102


def downgrade() -> None:
    for table in ("books", "authors"):
        op.drop_column(table, "changed_by")  # says: EC203
        op.drop_column(table, "changed_at")  # says: EC203
