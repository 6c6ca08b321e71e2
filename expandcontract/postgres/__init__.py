"""The database, one session at a time: catalog, ledger, leases, chunks."""
