"""Figures with PostgreSQL's units, as people write them and as they are shown."""

import re
from enum import StrEnum

DURATIONS = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0}
SIZES = {"B": 1.0, "kB": 1024.0, "MB": 1024.0**2, "GB": 1024.0**3, "TB": 1024.0**4}
_FIGURE = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([A-Za-z%/]*)\s*", re.ASCII)
_LETTERS = {name.lower(): name for name in SIZES}


class Unit(StrEnum):
    """What a signal is measured in."""

    SECONDS = "s"
    BYTES = "bytes"
    RATE = "bytes/s"
    PERCENT = "%"
    COUNT = ""


EXAMPLES = {
    Unit.SECONDS: "a duration with its unit, such as 5s or 500ms",
    Unit.BYTES: "a size with its unit, such as 64MB",
    Unit.RATE: "a rate with its unit, such as 20MB/s",
    Unit.PERCENT: "a share with its unit, such as 80%",
    Unit.COUNT: "a figure without a unit, such as 10",
}


def figure(text: str, unit: Unit) -> float:
    """Read a figure in that unit; a ValueError says what was expected.

    >>> figure("500ms", Unit.SECONDS), figure("64 MB", Unit.BYTES), figure("20MB/s", Unit.RATE)
    (0.5, 67108864.0, 20971520.0)
    >>> figure("80%", Unit.PERCENT), figure("10", Unit.COUNT)
    (80.0, 10.0)
    """
    match = _FIGURE.fullmatch(text)
    scale = None if match is None else _scale(match[2], unit)
    if match is None or scale is None:
        raise ValueError(EXAMPLES[unit])
    return round(float(match[1]) * scale, 9)


def _scale(written: str, unit: Unit) -> float | None:
    match unit:
        case Unit.SECONDS:
            return DURATIONS.get(written)
        case Unit.BYTES:
            return SIZES.get(_LETTERS.get(written.lower(), ""))
        case Unit.RATE:
            size, slash, second = written.partition("/")
            return (
                SIZES.get(_LETTERS.get(size.lower(), "")) if (slash, second) == ("/", "s") else None
            )
        case Unit.PERCENT | Unit.COUNT:
            return 1.0 if written == unit.value else None


def shown(value: float, unit: Unit) -> str:
    """A measured value for people.

    >>> [shown(0.5, Unit.SECONDS), shown(3 * 2**20, Unit.BYTES), shown(2048, Unit.RATE)]
    ['0.50 s', '3.0 MB', '2.0 kB/s']
    >>> [shown(12.34, Unit.PERCENT), shown(3, Unit.COUNT)]
    ['12.3 %', '3']
    """
    match unit:
        case Unit.SECONDS:
            return f"{value:.2f} s"
        case Unit.BYTES:
            return _size(value)
        case Unit.RATE:
            return f"{_size(value)}/s"
        case Unit.PERCENT:
            return f"{value:.1f} %"
        case Unit.COUNT:
            return f"{value:g}"


def limit_shown(value: float, unit: Unit) -> str:
    """A limit for people, in as many figures as it was written with.

    >>> limit_shown(5.0, Unit.SECONDS), limit_shown(64 * 2**20, Unit.BYTES)
    ('5 s', '64 MB')
    """
    match unit:
        case Unit.BYTES | Unit.RATE:
            return shown(value, unit).replace(".0 ", " ")
        case Unit.COUNT:
            return f"{value:g}"
        case Unit.SECONDS | Unit.PERCENT:
            return f"{value:g} {unit.value}"


def _size(value: float) -> str:
    name = "B"
    for step, scale in SIZES.items():
        if value >= scale:
            name = step
    digits = 0 if name == "B" else 1
    return f"{value / SIZES[name]:.{digits}f} {name}"
