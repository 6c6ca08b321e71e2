"""One more partition."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(  # says: EC127
        "CREATE TABLE measured.readings_2027 PARTITION OF measured.readings"
        " FOR VALUES FROM ('2027-01-01') TO ('2028-01-01')"
    )


def downgrade() -> None:
    op.execute("DROP TABLE measured.readings_2027")
