"""Default first then demand."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column("sensors", "site", server_default="-", schema="measured")
    op.execute(  # says: EC130
        sa.text("UPDATE measured.sensors SET site = :s WHERE site IS NULL").bindparams(s="-")
    )


def downgrade() -> None:
    op.alter_column("sensors", "site", server_default=None, schema="measured")
