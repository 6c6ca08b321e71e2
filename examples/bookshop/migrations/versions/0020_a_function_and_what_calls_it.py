"""A function and what calls it."""

from alembic import op
from alembic_utils.pg_function import PGFunction

STAMP = PGFunction(
    "public", "stamp()", "RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$"
)

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_entity(STAMP)
    op.execute("CREATE TRIGGER stamp BEFORE UPDATE ON books FOR EACH ROW EXECUTE FUNCTION stamp()")


def downgrade() -> None:
    op.execute("DROP TRIGGER stamp ON books")
    op.drop_entity(STAMP)  # says: EC210
