"""Demand a price."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column("books", "price", nullable=False)  # says: EC107


def downgrade() -> None:
    op.alter_column("books", "price", nullable=True)  # says: EC213
