"""Columns in a loop."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("width", "height"):
        op.add_column("books", sa.Column(name, sa.Integer))
    for name in ("width", "height"):
        op.create_index(f"ix_books_{name}", "books", [name])  # says: EC101 EC130


def downgrade() -> None:
    for name in ("width", "height"):
        op.drop_column("books", name)  # says: EC203
