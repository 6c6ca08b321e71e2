"""Prove the isbn before it is demanded."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_check_constraint(
        "isbn_is_there", "books", "isbn IS NOT NULL", postgresql_not_valid=True
    )


def downgrade() -> None:
    op.drop_constraint("ck_books_isbn_is_there", "books")  # says: EC307
