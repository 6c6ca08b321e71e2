"""Demand the slug."""

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("post") as batch_op:
        batch_op.alter_column("slug", nullable=False)  # says: EC107


def downgrade() -> None:
    with op.batch_alter_table("post") as batch_op:
        batch_op.alter_column("slug", nullable=True)  # says: EC213
