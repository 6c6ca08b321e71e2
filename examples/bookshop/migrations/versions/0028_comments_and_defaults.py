"""Comments and defaults."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table_comment("books", "what is for sale")
    op.alter_column("books", "remark", comment="by the staff", existing_type=sa.Text)
    op.alter_column("books", "remark", server_default="-", existing_type=sa.Text)


def downgrade() -> None:
    op.alter_column("books", "remark", server_default=None, existing_type=sa.Text)
    op.alter_column("books", "remark", comment=None, existing_type=sa.Text)
    op.drop_table_comment("books")
