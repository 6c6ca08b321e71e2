"""A generated column."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(  # says: EC104
        "sensors",
        sa.Column("label", sa.Text, sa.Computed("serial || '!'", persisted=True)),
        schema="measured",
    )


def downgrade() -> None:
    op.drop_column("sensors", "label", schema="measured")  # says: EC203
