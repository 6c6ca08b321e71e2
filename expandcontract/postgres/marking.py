"""How a statement of ours is known where the server counts statements and names no client."""

OURS = "/* expandcontract */"
"""Stands behind the first word: pg_stat_statements keeps it, and psycopg does not mind it."""
