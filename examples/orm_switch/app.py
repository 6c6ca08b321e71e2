"""Says what is read from which side, while the switch moves."""

import os
import sys
import time

import expandcontract as ec
from sqlalchemy import Engine, create_engine, make_url, select, text
from sqlalchemy.orm import Session

from models import RENAME, User

TABLE = """
    CREATE TABLE users (id int PRIMARY KEY GENERATED ALWAYS AS IDENTITY, email text);
    INSERT INTO users (email) SELECT n || '@example.org' FROM generate_series(1, 1000) n
"""


def prepare(engine: Engine) -> None:
    """Make the table, and carry the rename to the end of its backfill."""
    with engine.begin() as connection:
        for statement in TABLE.split(";"):
            connection.execute(text(statement))
    for phase in (ec.Phase.EXPAND, ec.Phase.BACKFILL):
        ec.apply(engine, RENAME, phase)


def serve(engine: Engine, rounds: int) -> None:
    """Read everybody, again and again; an edit goes to both sides."""
    with ec.orm.install(engine, release="2") as installed:
        for turn in range(rounds):
            installed.refresh()
            with Session(engine) as session:
                users = session.scalars(select(User)).all()
                new = sum(User.email.descriptor.is_new(user) for user in users)
                users[0].email = f"edited-{turn}@example.org"
                session.commit()
            print(f"{new} of {len(users)} users are read from the new side", flush=True)
            time.sleep(0.5)


if __name__ == "__main__":
    url = make_url(os.environ["EC_DATABASE_URL"]).set(drivername="postgresql+psycopg")
    database = create_engine(url)
    if "--prepare" in sys.argv:
        prepare(database)
    else:
        serve(database, int(sys.argv[1]) if len(sys.argv) > 1 else 10**9)
    database.dispose()
