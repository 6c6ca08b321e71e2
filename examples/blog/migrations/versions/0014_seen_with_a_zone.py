"""Seen with a zone."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("user") as batch_op:
        batch_op.alter_column("last_seen", type_=sa.DateTime(timezone=True))  # says: EC108


def downgrade() -> None:
    with op.batch_alter_table("user") as batch_op:
        batch_op.alter_column("last_seen", type_=sa.DateTime)  # says: EC108
