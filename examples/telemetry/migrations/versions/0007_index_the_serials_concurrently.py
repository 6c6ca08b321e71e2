"""Index the serials concurrently."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.create_index(
            "sensors_serial_key",
            "sensors",
            ["serial"],
            unique=True,
            schema="measured",
            postgresql_concurrently=True,
        )


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.drop_index("sensors_serial_key", schema="measured", postgresql_concurrently=True)
