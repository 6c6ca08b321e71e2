"""Demand the proven isbn."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column("books", "isbn", nullable=False)


def downgrade() -> None:
    op.alter_column("books", "isbn", nullable=True)  # says: EC213
