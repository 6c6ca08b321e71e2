"""Demand the site."""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column("sensors", "site", nullable=False, schema="measured")  # says: EC107


def downgrade() -> None:
    op.alter_column("sensors", "site", nullable=True, schema="measured")  # says: EC213
