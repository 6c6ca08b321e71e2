"""Make prices wide."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column("books", "price", type_=sa.BigInteger, existing_nullable=False)  # says: EC108


def downgrade() -> None:
    op.alter_column(  # says: EC108 EC221
        "books", "price", type_=sa.Integer, existing_nullable=False
    )
