"""All slugs from titles."""

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("UPDATE post SET slug = lower(title)")  # says: EC501


def downgrade() -> None:
    op.execute("SELECT 1")
