"""Index the slug."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("post") as batch_op:
        batch_op.create_index("ix_post_slug", ["slug"])  # says: EC101


def downgrade() -> None:
    with op.batch_alter_table("post") as batch_op:
        batch_op.drop_index("ix_post_slug")  # says: EC102
