"""Fill the notes at once."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("UPDATE books SET note = '-'")  # says: EC501


def downgrade() -> None:
    op.execute(  # says: EC501
        sa.update(sa.table("books", sa.column("note"))).values(note=sa.null())
    )
