"""Durations as people write them: a figure and its unit."""

import re

from expandcontract.pacing.units import DURATIONS as _UNITS

LONGEST = 1e10  #: seconds, some three hundred years: what dates can be reckoned with
_DURATION = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([a-z]+)\s*", re.ASCII)


def seconds(text: str) -> float:
    """Read `100ms`, `5s`, `2min`, `1.5h`; the units are PostgreSQL's own.

    A figure without a unit is refused: PostgreSQL would take it for milliseconds in one setting
    and for seconds in the next.

    >>> seconds("100ms"), seconds("2 min")
    (0.1, 120.0)
    """
    match = _DURATION.fullmatch(text)
    if match is None or match[2] not in _UNITS:
        message = f"{text!r} is not a duration; write a figure and a unit ({', '.join(_UNITS)}): 5s"
        raise ValueError(message)
    found = round(float(match[1]) * _UNITS[match[2]], 9)
    if found > LONGEST:
        message = f"{text!r} is longer than anybody waits"
        raise ValueError(message)
    return found
