"""Change a live PostgreSQL schema without downtime."""
