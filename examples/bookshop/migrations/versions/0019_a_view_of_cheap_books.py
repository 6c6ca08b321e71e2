"""A view of cheap books."""

from alembic import op
from alembic_utils.pg_view import PGView

CHEAP = PGView("public", "cheap_books", "SELECT id, isbn FROM books WHERE price < 500")

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_entity(CHEAP)


def downgrade() -> None:
    op.drop_entity(CHEAP)
