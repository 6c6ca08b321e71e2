"""The only module that looks at the environment of the process."""

import os
from collections.abc import Mapping

DSN = "EC_DATABASE_URL"
TRACEBACK = "EC_TRACEBACK"
NO_COLOR = "NO_COLOR"


def environment() -> Mapping[str, str]:
    """The variables as they are now; whoever needs one takes the mapping as an argument."""
    return os.environ  # noqa: TID251  (this is the place)


def is_plain(variables: Mapping[str, str]) -> bool:
    """Whether the terminal is to get no colours.

    >>> is_plain({"NO_COLOR": "1"}), is_plain({"TERM": "dumb"}), is_plain({"TERM": "xterm"})
    (True, True, False)
    """
    return bool(variables.get(NO_COLOR)) or is_dumb(variables)


def is_dumb(variables: Mapping[str, str]) -> bool:
    """Whether the terminal cannot even go back in its line."""
    return variables.get("TERM") == "dumb"


def is_on(variables: Mapping[str, str], name: str) -> bool:
    """Whether a flag is set; `0`, `false`, `no` and nothing at all mean that it is not.

    >>> is_on({"EC_TRACEBACK": "1"}, "EC_TRACEBACK"), is_on({"EC_TRACEBACK": "0"}, "EC_TRACEBACK")
    (True, False)
    """
    return variables.get(name, "").lower() not in {"", "0", "false", "no"}
