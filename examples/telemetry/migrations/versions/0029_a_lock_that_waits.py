"""A lock that waits."""

from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.execute("LOCK TABLE measured.sensors IN ACCESS EXCLUSIVE MODE")  # says: EC134


def downgrade() -> None:
    op.execute("SELECT 1")
