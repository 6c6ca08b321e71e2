"""Pending revisions carried out on a copy of the target's schema, and what they did there."""
