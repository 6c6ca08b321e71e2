"""Ask the version."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().scalar(sa.text("SHOW server_version_num")) == "0":  # says: EC001
        op.drop_table("sensors", schema="measured")


def downgrade() -> None:
    pass
