"""What a server was built with, or is too old for: small ones leave ICU out."""

import psycopg
import pytest


def skip_without_icu(connection: psycopg.Connection) -> None:
    try:
        with connection.transaction(force_rollback=True):
            connection.execute("CREATE COLLATION tried (provider = icu, locale = 'und')")
    except psycopg.errors.FeatureNotSupported:
        pytest.skip("this server was built without ICU")


def skip_without(connection: psycopg.Connection, script: str) -> None:
    """Where the server does not know what a script needs."""
    if "provider = icu" in script:
        skip_without_icu(connection)
    if "NULLS NOT DISTINCT" in script and connection.info.server_version < 150000:
        pytest.skip("NULLS NOT DISTINCT came with 15")
