"""A comment on the table."""

from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table_comment("label", "were tags")


def downgrade() -> None:
    op.drop_table_comment("label")
