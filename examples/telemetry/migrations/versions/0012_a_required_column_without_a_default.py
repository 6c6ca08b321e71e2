"""A required column without a default."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(  # says: EC205
        "sensors", sa.Column("owner", sa.Text, nullable=False), schema="measured"
    )


def downgrade() -> None:
    op.drop_column("sensors", "owner", schema="measured")  # says: EC203
