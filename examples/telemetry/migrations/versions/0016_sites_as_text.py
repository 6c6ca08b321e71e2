"""Sites as text."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column("sensors", "site", type_=sa.Text, schema="measured")


def downgrade() -> None:
    op.alter_column("sensors", "site", type_=sa.String(40), schema="measured")  # says: EC108 EC221
