"""A new value of an enum."""

from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE TYPE measured.quality AS ENUM ('good', 'bad')")
    with op.get_context().autocommit_block():
        op.execute("ALTER TYPE measured.quality ADD VALUE IF NOT EXISTS 'unknown'")


def downgrade() -> None:
    op.execute("DROP TYPE measured.quality")  # says: EC210
