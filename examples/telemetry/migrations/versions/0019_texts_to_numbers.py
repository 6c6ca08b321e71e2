"""Texts to numbers."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sensors", sa.Column("rank", sa.Text), schema="measured")
    op.alter_column(  # says: EC108
        "sensors", "rank", type_=sa.Integer, postgresql_using="rank::integer", schema="measured"
    )


def downgrade() -> None:
    op.drop_column("sensors", "rank", schema="measured")  # says: EC203
