"""A default."""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("post") as batch_op:
        batch_op.alter_column("teaser", server_default="")


def downgrade() -> None:
    with op.batch_alter_table("post") as batch_op:
        batch_op.alter_column("teaser", server_default=None)
