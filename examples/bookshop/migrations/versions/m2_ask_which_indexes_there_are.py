"""Ask which indexes there are."""

import sqlalchemy as sa
from alembic import op

revision = "m2"
down_revision = "m1"
branch_labels = None
depends_on = None


def upgrade() -> None:
    bind = op.get_bind()
    if not sa.inspect(bind).get_indexes("books"):  # says: EC001
        op.drop_table("loans")


def downgrade() -> None:
    pass
