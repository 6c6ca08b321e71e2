"""Know the author."""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_foreign_key(None, "books", "authors", ["author_id"], ["id"])  # says: EC111


def downgrade() -> None:
    op.drop_constraint("fk_books_author_id", "books")  # says: EC128
