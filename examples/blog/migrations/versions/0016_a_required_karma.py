"""A required karma."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("user") as batch_op:
        batch_op.add_column(sa.Column("karma", sa.Integer, nullable=False))  # says: EC205


def downgrade() -> None:
    with op.batch_alter_table("user") as batch_op:
        batch_op.drop_column("karma")  # says: EC203
