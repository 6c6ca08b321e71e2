"""Revisions as the SQL that they would run, each statement with its line in the revision's file."""
