"""Many Alembic revisions, ten kinds in turn, for measuring."""

from pathlib import Path

_ENV = """
from alembic import context
context.configure(url="postgresql://nowhere/x", transaction_per_migration=True)
with context.begin_transaction():
    context.run_migrations()
"""
_HEAD = '''"""Revision {number}."""
import sqlalchemy as sa
from alembic import op

revision = "r{number:04d}"
down_revision = {down!r}
MORE = sa.Column("b", sa.String(50)), sa.Column("c", sa.Integer)


def upgrade() -> None:
    {up}


def downgrade() -> None:
    op.execute("SELECT 1")
'''
_BODIES = (
    'op.create_table("{t}", sa.Column("id", sa.BigInteger), sa.Column("a", sa.Text), *MORE)',
    'op.add_column("{t}", sa.Column("d", sa.DateTime(timezone=True)))',
    """with op.get_context().autocommit_block():
        op.create_index("ix_{t}_a", "{t}", ["a"], postgresql_concurrently=True)""",
    'op.create_index("ix_{t}_b", "{t}", ["b"])',
    """with op.batch_alter_table("{t}") as batch:
        batch.add_column(sa.Column("e", sa.Integer))
        batch.alter_column("b", type_=sa.String(100))""",
    'op.execute("UPDATE {t} SET e = c WHERE id < 1000")',
    'op.create_foreign_key("fk_{t}", "{t}", "t0", ["c"], ["id"])',
    'op.create_check_constraint("ck_{t}", "{t}", "c > 0", postgresql_not_valid=True)',
    'op.execute("ALTER TABLE {t} VALIDATE CONSTRAINT ck_{t}")',
    'op.drop_column("{t}", "a")',
)


def write(folder: Path, count: int, *, statements: int = 1) -> list[Path]:
    """A project with so many revisions, one after the other, of so many calls; their files."""
    versions = folder / "versions"
    versions.mkdir(parents=True)
    (folder / "alembic.ini").write_text("[alembic]\nscript_location = %(here)s\n")
    (folder / "env.py").write_text(_ENV)
    files = [versions / f"{number:04d}.py" for number in range(count)]
    for number, file in enumerate(files):
        down = f"r{number - 1:04d}" if number else None
        calls = range(number * statements, (number + 1) * statements)
        up = "\n    ".join(
            _BODIES[call % len(_BODIES)].format(t=f"t{call // len(_BODIES)}") for call in calls
        )
        file.write_text(_HEAD.format(number=number, down=down, up=up))
    return files
