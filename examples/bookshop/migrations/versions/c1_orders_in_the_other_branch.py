"""Orders in the other branch."""

import sqlalchemy as sa
from alembic import op

revision = "c1"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table("orders", sa.Column("id", sa.Integer, nullable=False))
    op.create_primary_key("orders_pkey", "orders", ["id"])
    op.execute("ALTER TABLE books ADD COLUMN serial_number bigserial")  # says: EC104


def downgrade() -> None:
    op.execute("ALTER TABLE books DROP COLUMN serial_number")  # says: EC203
    op.drop_table("orders")
