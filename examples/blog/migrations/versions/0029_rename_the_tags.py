"""Rename the tags."""

from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.rename_table("tag", "label")  # says: EC201


def downgrade() -> None:
    op.rename_table("label", "tag")  # says: EC201
