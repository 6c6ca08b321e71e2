"""One name each through an index."""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.create_index(
            "authors_name_key", "authors", ["name"], unique=True, postgresql_concurrently=True
        )
    op.execute(
        "ALTER TABLE authors ADD CONSTRAINT authors_name_key UNIQUE USING INDEX authors_name_key"
    )


def downgrade() -> None:
    op.drop_constraint("authors_name_key", "authors")  # says: EC307
