"""Loans in a branch."""

import sqlalchemy as sa
from alembic import op

from bookshop.types import Shelf

revision = "b1"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "loans",
        sa.Column("id", sa.BigInteger, primary_key=True),
        sa.Column("during", sa.dialects.postgresql.TSTZRANGE),
        sa.Column("kind", Shelf(10)),
    )
    op.create_exclude_constraint("no_overlap", "loans", ("during", "&&"), using="gist")


def downgrade() -> None:
    op.drop_table("loans")
