"""Rename the summary."""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("post") as batch_op:
        batch_op.alter_column("summary", new_column_name="teaser")  # says: EC202


def downgrade() -> None:
    with op.batch_alter_table("post") as batch_op:
        batch_op.alter_column("teaser", new_column_name="summary")  # says: EC202
