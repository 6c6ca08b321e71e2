"""A json column with a default."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "sensors",
        sa.Column("settings", JSONB, nullable=False, server_default=sa.text("'{}'::jsonb")),
        schema="measured",
    )


def downgrade() -> None:
    op.drop_column("sensors", "settings", schema="measured")  # says: EC203
