"""What `ec demo` shows: a rename carried through all phases under a live application.

A PostgreSQL with a streaming standby, an application in two releases as real processes, and an
account of every request. Nothing is simulated; only the size is small.
"""
