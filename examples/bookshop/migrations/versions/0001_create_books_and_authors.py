"""Create books and authors."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "authors",
        sa.Column("id", sa.BigInteger, primary_key=True),
        sa.Column("name", sa.String(80), nullable=False),
    )
    op.create_table(
        "books",
        sa.Column("id", sa.BigInteger, primary_key=True),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("price", sa.Integer),
        sa.Column("author_id", sa.BigInteger),
        sa.Column("note", sa.Text),
    )


def downgrade() -> None:
    op.drop_table("books")
    op.drop_table("authors")
