"""Sensors."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sensors",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("serial", sa.Text, nullable=False),
        sa.Column("site", sa.String(40)),
        sa.Column("height", sa.Numeric(6, 2)),
        schema="measured",
    )


def downgrade() -> None:
    op.drop_table("sensors", schema="measured")
