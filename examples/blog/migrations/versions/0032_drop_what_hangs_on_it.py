"""Drop what hangs on it."""

from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("DROP TABLE IF EXISTS draft CASCADE")  # says: EC204 EC301


def downgrade() -> None:
    op.execute("SELECT 1")
