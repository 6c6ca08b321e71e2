"""Prices are positive."""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_check_constraint("price_is_positive", "books", "price > 0")  # says: EC110


def downgrade() -> None:
    op.drop_constraint("ck_books_price_is_positive", "books")  # says: EC307
