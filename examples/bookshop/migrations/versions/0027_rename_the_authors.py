"""Rename the authors."""

from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.rename_table("authors", "writers")  # says: EC201


def downgrade() -> None:
    op.rename_table("writers", "authors")  # says: EC201
