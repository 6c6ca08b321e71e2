"""A block of code."""

from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        DO $$ BEGIN
            PERFORM 1;
        END $$
    """)


def downgrade() -> None:
    op.execute("SELECT 1")
