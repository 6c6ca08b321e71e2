"""A third state."""

from alembic import op
from alembic_postgresql_enum import TableReference

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.sync_enum_values(  # says: EC108 EC210 EC211
        enum_schema="public",
        enum_name="state",
        new_values=["new", "used", "lost"],
        affected_columns=[
            TableReference("books", "state", existing_server_default="'new'::state"),
        ],
        enum_values_to_rename=[],
    )


def downgrade() -> None:
    op.sync_enum_values(  # says: EC108 EC210 EC211
        enum_schema="public",
        enum_name="state",
        new_values=["new", "used"],
        affected_columns=[
            TableReference("books", "state", existing_server_default="'new'::state"),
        ],
        enum_values_to_rename=[],
    )
