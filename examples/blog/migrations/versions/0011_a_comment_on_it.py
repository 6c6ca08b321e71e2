"""A comment on it."""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("post") as batch_op:
        batch_op.alter_column("teaser", comment="at most two lines")


def downgrade() -> None:
    with op.batch_alter_table("post") as batch_op:
        batch_op.alter_column("teaser", comment=None)
