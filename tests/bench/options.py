"""How much is measured."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """As given on the command line."""

    rows: int  #: of the largest table
    runs: int  #: of each way
    large: int  #: rows of the table that shows whether size matters
