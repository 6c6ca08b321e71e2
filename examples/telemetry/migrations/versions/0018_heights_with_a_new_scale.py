"""Heights with a new scale."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column(  # says: EC108 EC221
        "sensors", "height", type_=sa.Numeric(8, 3), schema="measured"
    )


def downgrade() -> None:
    op.alter_column("sensors", "height", type_=sa.Numeric(8, 2), schema="measured")  # says: EC108
