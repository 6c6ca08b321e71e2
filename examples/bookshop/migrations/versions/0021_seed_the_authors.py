"""Seed the authors."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    authors = sa.table("authors", sa.column("id", sa.BigInteger), sa.column("name", sa.String))
    op.bulk_insert(authors, [{"id": 1, "name": "O'Brien"}, {"id": 2, "name": "100% Ada"}])


def downgrade() -> None:
    op.execute("DELETE FROM authors WHERE id IN (1, 2)")
