"""Columns by a helper of its own."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _flag("is_new")
    _flag("is_rare")


def downgrade() -> None:
    op.drop_column("books", "is_rare")  # says: EC203
    op.drop_column("books", "is_new")  # says: EC203


def _flag(name: str) -> None:
    op.add_column("books", sa.Column(name, sa.Boolean, server_default=sa.false()))
    op.create_index(f"ix_books_{name}", "books", [name])  # says: EC101 EC130
