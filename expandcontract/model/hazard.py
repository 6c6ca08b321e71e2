"""The kinds of harm that a statement can do to a live system."""

from enum import StrEnum


class Hazard(StrEnum):
    """One kind of harm; the spelling is what `--format json` prints."""

    BLOCKS_READS = "blocks-reads"
    BLOCKS_WRITES = "blocks-writes"
    SCANS = "scans"
    REWRITES = "rewrites"
    FAILS = "fails"
    BREAKS_OLD_CODE = "breaks-old-code"
    BREAKS_PREPARED = "breaks-prepared"
    LOSES_DATA = "loses-data"
    NOT_REPEATABLE = "not-repeatable"
    LEAVES_INVALID = "leaves-invalid"
    UNREAD = "unread"
    ADVICE = "advice"
