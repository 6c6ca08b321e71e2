"""Sizes as people write them: a figure and its unit."""

import re

_UNITS = {"B": 1, "kB": 2**10, "MB": 2**20, "GB": 2**30, "TB": 2**40}
_SIZE = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([kMGT]?B)\s*", re.ASCII)


def size(text: str) -> float:
    """Read `512kB`, `64MB`, `1.5GB`; the units are PostgreSQL's own, and one has to be given.

    >>> size("64MB"), size("1.5 kB")
    (67108864.0, 1536.0)
    """
    if (match := _SIZE.fullmatch(text)) is None:
        message = f"{text!r} is not a size; write a figure and a unit ({', '.join(_UNITS)}): 64MB"
        raise ValueError(message)
    return float(match[1]) * _UNITS[match[2]]


def is_size(unit: str) -> bool:
    """Whether a signal's unit is one of bytes: `B`, `bytes`, `MB/s`."""
    return unit.partition("/")[0] in {*_UNITS, "bytes", "byte"}
