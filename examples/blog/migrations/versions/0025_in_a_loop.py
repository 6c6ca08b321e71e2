"""In a loop."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("tag", "user"):
        with op.batch_alter_table(table) as batch_op:
            batch_op.add_column(sa.Column("colour", sa.Text))
            batch_op.create_index(f"ix_{table}_colour", ["colour"])  # says: EC101 EC130


def downgrade() -> None:
    for table in ("tag", "user"):
        op.drop_index(f"ix_{table}_colour", table)  # says: EC102
        op.drop_column(table, "colour")  # says: EC203
