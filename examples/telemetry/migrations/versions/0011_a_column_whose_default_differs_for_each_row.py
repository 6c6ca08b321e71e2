"""A column whose default differs for each row."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(  # says: EC104
        "sensors",
        sa.Column("token", sa.Uuid, server_default=sa.text("gen_random_uuid()")),
        schema="measured",
    )


def downgrade() -> None:
    op.drop_column("sensors", "token", schema="measured")  # says: EC203
