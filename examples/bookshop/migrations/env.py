"""Alembic's generic env.py, with the packages whose operations the revisions use."""

import os
from logging.config import fileConfig

import alembic_postgresql_enum  # noqa: F401
import alembic_utils  # noqa: F401
from alembic import context
from sqlalchemy import create_engine, pool

from bookshop.models import metadata

config = context.config
if config.config_file_name is not None:
    fileConfig(config.config_file_name)

URL = os.environ.get("BOOKSHOP_URL", "postgresql+psycopg://localhost/bookshop")


def run_migrations_offline() -> None:
    """Write the SQL of the revisions."""
    context.configure(
        url=URL,
        target_metadata=metadata,
        literal_binds=True,
        dialect_opts={"paramstyle": "named"},
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


def run_migrations_online() -> None:
    """Carry the revisions out."""
    with create_engine(URL, poolclass=pool.NullPool).connect() as connection:
        context.configure(
            connection=connection, target_metadata=metadata, transaction_per_migration=True
        )
        with context.begin_transaction():
            context.run_migrations()


if context.is_offline_mode():
    run_migrations_offline()
else:
    run_migrations_online()
