"""What the engine logs, on standard error and without passwords."""

import logging

from expandcontract.config import masked


class _Masking(logging.Formatter):
    """The last place before the terminal."""

    def format(self, record: logging.LogRecord) -> str:
        return masked(super().format(record))


def configure(verbosity: int) -> None:
    """Warnings by default; each -v shows one level more, each -q one less."""
    logger = logging.getLogger("expandcontract")
    logger.setLevel(max(logging.DEBUG, logging.WARNING - 10 * verbosity))
    logger.propagate = False
    # What the driver does about an interruption is told by us where it matters.
    logging.getLogger("psycopg").setLevel(logging.ERROR if verbosity < 1 else logging.WARNING)
    if not logger.handlers:
        handler = logging.StreamHandler()
        handler.setFormatter(_Masking("%(levelname)s %(name)s %(message)s"))
        logger.addHandler(handler)
