"""The hours of the day in which a backfill may work."""

import re
from dataclasses import dataclass
from datetime import datetime, time

_FORM = re.compile(r"(?P<begin>\d\d?:\d\d)\s*-\s*(?P<end>\d\d?:\d\d)(\s+(?P<zone>\S+))?")


@dataclass(frozen=True, slots=True)
class Window:
    """From one time of day to another, over midnight where the second one is earlier."""

    begin: time
    end: time
    zone: str = ""  #: as the time zone database calls it; empty: of the machine that works

    def __str__(self) -> str:
        text = f"{self.begin:%H:%M}-{self.end:%H:%M}"
        return f"{text} {self.zone}" if self.zone else text

    def is_open(self, moment: datetime) -> bool:
        """Whether work may be done at a moment of the window's own zone.

        >>> night = read_window("22:00-06:00")
        >>> [night.is_open(datetime(2026, 1, 1, hour)) for hour in (21, 22, 5, 6)]
        [False, True, True, False]
        """
        now = moment.time()
        if self.begin < self.end:
            return self.begin <= now < self.end
        return now >= self.begin or now < self.end

    def closed(self, moment: datetime) -> str:
        """Why nothing may be done at a moment of the window's own zone; empty while it is open."""
        if self.is_open(moment):
            return ""
        return f"the window {self} is closed, it is {moment:%H:%M}"


def read_window(text: str) -> Window:
    """Read `22:00-06:00`, with the name of a time zone after it if wanted.

    >>> str(read_window("9:30-17:00 Europe/Berlin"))
    '09:30-17:00 Europe/Berlin'
    >>> read_window("8:00-8:00")
    Traceback (most recent call last):
    ValueError: 8:00-8:00 never opens; a window begins and ends at different times: 22:00-06:00
    """
    if (found := _FORM.fullmatch(text.strip())) is None:
        message = f"{text!r} is not a window of the day, such as 22:00-06:00"
        raise ValueError(message)
    try:
        begin, end = (_time(found[name]) for name in ("begin", "end"))
    except ValueError:
        message = f"{text!r} names an hour that no day has; a window is written as 22:00-06:00"
        raise ValueError(message) from None
    if begin == end:
        message = f"{text} never opens; a window begins and ends at different times: 22:00-06:00"
        raise ValueError(message)
    return Window(begin, end, found["zone"] or "")


def _time(text: str) -> time:
    hour, minute = text.split(":")
    return time(int(hour), int(minute))
