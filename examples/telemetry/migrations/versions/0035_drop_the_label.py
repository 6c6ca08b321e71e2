"""Drop the label."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_column("sensors", "label", schema="measured")  # says: EC203


def downgrade() -> None:
    op.add_column("sensors", sa.Column("label", sa.Text), schema="measured")
