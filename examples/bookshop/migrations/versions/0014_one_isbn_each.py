"""One isbn each."""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_unique_constraint(None, "books", ["isbn"])  # says: EC113


def downgrade() -> None:
    op.drop_constraint("uq_books_isbn", "books")  # says: EC307
