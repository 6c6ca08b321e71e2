"""Refresh it and stop readers."""

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("REFRESH MATERIALIZED VIEW measured.latest")  # says: EC124


def downgrade() -> None:
    op.execute("SELECT 1")
