"""What the driver says of an address, without the pieces of its password that it repeats."""

import re

_PASSWORD = re.compile(
    r"[a-z+0-9]+://[^:@/]*:(?P<url>.*)@|\bpassword\s*=\s*(?P<words>.*)", re.DOTALL
)
_QUOTED = re.compile(r'"([^"]*)"')
HIDDEN = '"…"'


def without_secret(message: str, dsn: str) -> str:
    """Hide every quoted word that is a part of the password, or has one in it.

    A password that breaks the address is quoted by libpq as the token that cannot be read.

    >>> without_secret('invalid percent-encoded token: "p%zz"', "postgresql://joe:p%zz@h/db")
    'invalid percent-encoded token: "…"; a % in it is written %25'
    >>> without_secret('invalid connection option "hostt"', "hostt=x password=secret")
    'invalid connection option "hostt"'
    """
    found = _PASSWORD.search(dsn)
    secret = (found["url"] or found["words"] or "") if found else ""

    def shown(quoted: re.Match[str]) -> str:
        word, before = quoted[1], quoted[1].partition("@")[0]
        is_part = word in secret or secret in word or secret.endswith(before)
        return HIDDEN if word and secret and is_part else quoted[0]

    told = _QUOTED.sub(shown, message)
    return f"{told}; a % in it is written %25" if "percent-encoded token" in told else told


def without_misread_secret(message: str, host: str) -> str:
    """Hide what a host has before an @: of a password with an @, all that is behind the first.

    What begins with one is a socket of Linux.

    >>> without_misread_secret("failed to resolve host 'ss@h': unknown", "ss@h")
    "failed to resolve host '…@h': unknown"
    >>> without_misread_secret('connection to server on socket "@/tmp" failed', "@/tmp")
    'connection to server on socket "@/tmp" failed'
    """
    for one in host.split(","):
        secret = one.rpartition("@")[0]
        message = message.replace(secret, "…") if secret else message
    return message
