"""How many turns a walk takes over a window before it goes on to the next one.

A page that is full has no room for the new versions of all its rows. Those of the first turn go to
another page, with a new entry in every index; what they leave is free for the second turn's, which
stay, as all later ones do.
"""

import math

PASSES = 14
"""Fewer leave more new versions without room on their page; each one is one more scan."""

FEWER = {2: 2, 4: 4, 13: 7}
"""Where a page has no more rows than that: as many turns, so that none finds nothing."""

BY_KEY = {1.5: 1, 4: 5, 13: 7, math.inf: 13}
"""The same where a row's turn is the rest of its key: prime numbers, since keys may have a step."""

WINDOW = 1024
"""Blocks (8 MB) over which all turns go before the next window: they stay cached, and between two
turns pass several transactions, so that the dead versions of the first can be pruned."""


def passes(rows_in_block: float | None) -> int:
    """No more turns than a page has rows, or not many more.

    >>> passes(None), passes(60.0), passes(10.0), passes(1.1)
    (14, 14, 7, 2)
    """
    rows = rows_in_block
    return next((few for most, few in FEWER.items() if rows is not None and rows <= most), PASSES)


def passes_by_key(rows_on_a_page: float) -> int:
    """As many for rows that lie in the order of their key; one for others, alone on their pages.

    >>> passes_by_key(60.0), passes_by_key(10.0), passes_by_key(1.1)
    (13, 7, 1)
    """
    return next(few for most, few in BY_KEY.items() if rows_on_a_page <= most)
