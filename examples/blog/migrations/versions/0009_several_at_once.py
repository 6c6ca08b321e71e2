"""Several at once."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("post") as batch_op:
        batch_op.add_column(sa.Column("summary", sa.Text))
        batch_op.add_column(sa.Column("published", sa.Boolean, server_default=sa.false()))
        batch_op.alter_column("views", type_=sa.BigInteger)  # says: EC108
        batch_op.create_index("ix_post_published", ["published"])  # says: EC101 EC130


def downgrade() -> None:
    with op.batch_alter_table("post") as batch_op:
        batch_op.drop_index("ix_post_published")  # says: EC102
        batch_op.alter_column("views", type_=sa.Integer)  # says: EC108 EC221
        batch_op.drop_column("published")  # says: EC203
        batch_op.drop_column("summary")  # says: EC203
