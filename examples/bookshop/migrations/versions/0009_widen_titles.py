"""Widen titles."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column("books", "title", type_=sa.String(200), existing_nullable=False)


def downgrade() -> None:
    op.alter_column(  # says: EC108 EC221
        "books", "title", type_=sa.String(120), existing_nullable=False
    )
