"""What a server was built with: small ones leave ICU out."""

import psycopg
import pytest


def skip_without_icu(connection: psycopg.Connection) -> None:
    try:
        with connection.transaction(force_rollback=True):
            connection.execute("CREATE COLLATION tried (provider = icu, locale = 'und')")
    except psycopg.errors.FeatureNotSupported:
        pytest.skip("this server was built without ICU")
