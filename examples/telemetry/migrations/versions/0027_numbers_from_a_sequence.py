"""Numbers from a sequence."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE SEQUENCE measured.numbers")
    op.alter_column(
        "sensors", "a", server_default=sa.text("nextval('measured.numbers')"), schema="measured"
    )


def downgrade() -> None:
    op.alter_column("sensors", "a", server_default=None, schema="measured")
    op.execute("DROP SEQUENCE measured.numbers")  # says: EC210
