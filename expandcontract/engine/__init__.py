"""Puts the pure half and the database together: asks, runs, records, waits."""
