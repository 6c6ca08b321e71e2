"""Index the loans."""

from alembic import op

revision = "b2"
down_revision = "b1"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_loans_kind", "loans", ["kind"])  # says: EC101


def downgrade() -> None:
    op.drop_index("ix_loans_kind", "loans")  # says: EC102
