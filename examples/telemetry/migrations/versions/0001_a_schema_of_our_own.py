"""A schema of our own."""

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE SCHEMA measured")


def downgrade() -> None:
    op.execute("DROP SCHEMA measured")  # says: EC210
