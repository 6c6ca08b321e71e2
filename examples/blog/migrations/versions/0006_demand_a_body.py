"""Demand a body."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("post") as batch_op:
        batch_op.alter_column("body", nullable=False)  # says: EC107


def downgrade() -> None:
    with op.batch_alter_table("post") as batch_op:
        batch_op.alter_column("body", nullable=True)  # says: EC213
