"""Index prices and block writes."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_books_price", "books", ["price"])  # says: EC101


def downgrade() -> None:
    op.drop_index("ix_books_price", "books")  # says: EC102
