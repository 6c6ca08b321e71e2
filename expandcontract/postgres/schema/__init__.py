"""The ledger's own schema: numbered files, applied in order, never changed once released."""
