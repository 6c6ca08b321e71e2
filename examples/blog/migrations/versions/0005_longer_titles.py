"""Longer titles."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("post") as batch_op:
        batch_op.alter_column("title", type_=sa.String(200))


def downgrade() -> None:
    with op.batch_alter_table("post") as batch_op:
        batch_op.alter_column("title", type_=sa.String(140))  # says: EC108 EC221
