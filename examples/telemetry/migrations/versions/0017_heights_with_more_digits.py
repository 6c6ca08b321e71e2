"""Heights with more digits."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column("sensors", "height", type_=sa.Numeric(8, 2), schema="measured")


def downgrade() -> None:
    op.alter_column(  # says: EC108 EC221
        "sensors", "height", type_=sa.Numeric(6, 2), schema="measured"
    )
