# ruff: noqa: F403, PYI021  (all of Alembic's; editors show the docstrings)
from alembic.op import *

from expandcontract.changes.base import Change

def expand(change: Change) -> None:
    """Plan the change, freeze the plan, and add the new shape beside the old one."""

def backfill(change: Change) -> None:
    """Fill the new shape from the old one; a large table is left to `ec backfill`."""

def switch(change: Change) -> None:
    """Compare both shapes, prove the constraints, and let the new one lead."""

def contract(change: Change) -> None:
    """Drop the old shape, or record that this is due once nobody uses it any more."""

def revert_expand(change: Change) -> None:
    """Drop the new shape; the schema is what it was before the change."""

def revert_backfill(change: Change) -> None:
    """Drop what the phase added; the copied values stay, and stay right."""

def revert_switch(change: Change) -> None:
    """Let the old shape lead again; it lost nothing meanwhile."""

def revert_contract(change: Change) -> None:
    """Make the old shape again and fill it from the new one; takes its time on much data."""
