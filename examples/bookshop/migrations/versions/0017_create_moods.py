"""Create moods."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    mood = sa.Enum("new", "used", name="state")
    mood.create(op.get_bind())
    op.add_column("books", sa.Column("state", mood, server_default="new"))


def downgrade() -> None:
    op.drop_column("books", "state")  # says: EC203
    sa.Enum(name="state").drop(op.get_bind())  # says: EC210
