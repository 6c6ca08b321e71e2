"""Posts and users."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "user",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("email", sa.String(120), nullable=False),
        sa.Column("name", sa.String(80)),
    )
    op.create_table(
        "post",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("title", sa.String(140), nullable=False),
        sa.Column("body", sa.Text),
        sa.Column("user_id", sa.Integer),
        sa.Column("views", sa.Integer, server_default="0"),
    )


def downgrade() -> None:
    op.drop_table("post")
    op.drop_table("user")
