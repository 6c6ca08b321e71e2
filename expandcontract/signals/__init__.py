"""One file is one thing that a backfill is throttled by: how it is measured, and its limit."""
