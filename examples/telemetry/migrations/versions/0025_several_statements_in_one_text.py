"""Several statements in one text."""

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(  # says: EC101 EC130
        "ALTER TABLE measured.sensors ADD COLUMN a integer;"
        "CREATE INDEX sensors_a ON measured.sensors (a)"
    )


def downgrade() -> None:
    op.execute("DROP INDEX measured.sensors_a")  # says: EC102
    op.execute("ALTER TABLE measured.sensors DROP COLUMN a")  # says: EC203
