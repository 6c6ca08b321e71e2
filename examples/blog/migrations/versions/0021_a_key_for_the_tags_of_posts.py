"""A key for the tags of posts."""

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_primary_key("post_tag_pkey", "post_tag", ["post_id", "tag_id"])  # says: EC113


def downgrade() -> None:
    op.drop_constraint("post_tag_pkey", "post_tag")  # says: EC306
