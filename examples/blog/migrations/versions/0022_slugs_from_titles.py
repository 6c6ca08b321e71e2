"""Slugs from titles."""

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("UPDATE post SET slug = lower(title) WHERE slug IS NULL AND id < 1000")


def downgrade() -> None:
    op.execute("SELECT 1")
