"""Looked at and ignored."""

import sqlalchemy as sa
from alembic import op

revision = "m4"
down_revision = "m3"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # ec: ignore[EC101] some fifty writers, for ever
    op.create_index("ix_writers_id", "writers", ["id"])
    op.drop_column("books", "width")  # ec: ignore[EC203] nobody ever read it


def downgrade() -> None:
    op.add_column("books", sa.Column("width", sa.Integer))
    op.drop_index("ix_writers_id", "writers")  # says: EC102
