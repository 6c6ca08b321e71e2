"""Rename the note."""

from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column("books", "note", new_column_name="remark")  # says: EC202


def downgrade() -> None:
    op.alter_column("books", "remark", new_column_name="note")  # says: EC202
