"""Know the author safely."""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_foreign_key(
        "books_author_again",
        "books",
        "authors",
        ["author_id"],
        ["id"],
        postgresql_not_valid=True,
    )


def downgrade() -> None:
    op.drop_constraint("books_author_again", "books")  # says: EC128
