"""Only online."""

from alembic import context, op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if not context.is_offline_mode():  # says: EC001
        op.execute("ANALYZE measured.sensors")


def downgrade() -> None:
    pass
