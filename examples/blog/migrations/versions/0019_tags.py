"""Tags."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tag", sa.Column("id", sa.Integer, primary_key=True), sa.Column("name", sa.Text)
    )
    op.create_table("post_tag", sa.Column("post_id", sa.Integer), sa.Column("tag_id", sa.Integer))
    op.create_index("ix_post_tag", "post_tag", ["post_id", "tag_id"])


def downgrade() -> None:
    op.drop_table("post_tag")
    op.drop_table("tag")
