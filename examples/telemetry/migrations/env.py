"""Alembic's async env.py."""

import asyncio
import os

from alembic import context
from sqlalchemy import Connection, pool
from sqlalchemy.ext.asyncio import create_async_engine

from telemetry import metadata

URL = os.environ.get("TELEMETRY_URL", "postgresql+psycopg://localhost/telemetry")


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


def do_run_migrations(connection: Connection) -> None:
    """Carry the revisions out on a connection that looks synchronous."""
    context.configure(
        connection=connection,
        target_metadata=metadata,
        include_schemas=True,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


async def run_async_migrations() -> None:
    """Make an engine, and a connection for the run."""
    engine = create_async_engine(URL, poolclass=pool.NullPool)
    async with engine.connect() as connection:
        await connection.run_sync(do_run_migrations)
    await engine.dispose()


if context.is_offline_mode():
    run_migrations_offline()
else:
    asyncio.run(run_async_migrations())
