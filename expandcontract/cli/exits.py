"""What `ec` ends with."""

from enum import IntEnum


class Exit(IntEnum):
    """The exit codes of every command."""

    DONE = 0  #: nothing to report
    FINDINGS = 1  #: the linter found something, or a gate is closed
    USAGE = 2  #: wrong usage or unreadable input
    DATABASE = 3  #: the database refused, was lost or timed out; the same command again continues
    STOPPED = 4  #: stopped on request; the same command again resumes
    BUG = 70  #: a mistake in this package (EX_SOFTWARE of sysexits.h)
