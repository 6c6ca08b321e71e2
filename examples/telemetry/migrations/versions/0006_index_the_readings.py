"""Index the readings."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_readings_at", "readings", ["at"], schema="measured")  # says: EC101


def downgrade() -> None:
    op.drop_index("ix_readings_at", schema="measured")  # says: EC102
