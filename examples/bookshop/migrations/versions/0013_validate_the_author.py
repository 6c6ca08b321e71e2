"""Validate the author."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE books VALIDATE CONSTRAINT books_author_again")


def downgrade() -> None:
    op.execute(sa.text("SELECT 1"))
