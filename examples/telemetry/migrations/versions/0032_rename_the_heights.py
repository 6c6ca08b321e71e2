"""Rename the heights."""

from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column(  # says: EC202
        "sensors", "height", new_column_name="altitude", schema="measured"
    )


def downgrade() -> None:
    op.alter_column(  # says: EC202
        "sensors", "altitude", new_column_name="height", schema="measured"
    )
