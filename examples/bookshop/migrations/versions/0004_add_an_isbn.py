"""Add an isbn."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("books", sa.Column("isbn", sa.String(17)))


def downgrade() -> None:
    op.drop_column("books", "isbn")  # says: EC203
