"""Validate the proof."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE books VALIDATE CONSTRAINT ck_books_isbn_is_there")


def downgrade() -> None:
    op.execute("SELECT 1")
