"""Comments."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "comment",
        sa.Column("id", sa.BigInteger, primary_key=True),
        sa.Column("post_id", sa.Integer, sa.ForeignKey("post.id"), nullable=False),
        sa.Column("data", sa.JSON),
        sa.Column("kind", sa.Enum("praise", "blame", name="comment_kind")),
    )


def downgrade() -> None:
    op.drop_table("comment")
    op.execute("DROP TYPE comment_kind")  # says: EC210
