"""What the driver says of an address, without the pieces of its password that it repeats."""

import re

_PASSWORD = re.compile(
    r"[a-z+0-9]+://[^:@/]*:(?P<url>.*)@|\bpassword\s*=\s*(?P<words>.*)", re.DOTALL
)
_QUOTED = re.compile(r""""([^"]*)"|'([^']*)'""")
HIDDEN = '"…"'


def without_secret(message: str, dsn: str) -> str:
    """Hide every quoted word that is a part of the password, or has one in it.

    A password that breaks the address is quoted by libpq as the token that cannot be read, and one
    with an @ by whoever looks for a host behind it.

    >>> without_secret('invalid percent-encoded token: "p%zz"', "postgresql://joe:p%zz@h/db")
    'invalid percent-encoded token: "…"; a % in it is written %25'
    >>> without_secret("failed to resolve host 'ss@h': unknown", "postgresql://joe:p@ss@h/db")
    'failed to resolve host "…": unknown'
    >>> without_secret('invalid connection option "hostt"', "hostt=x password=secret")
    'invalid connection option "hostt"'
    """
    found = _PASSWORD.search(dsn)
    secret = (found["url"] or found["words"] or "") if found else ""

    def shown(quoted: re.Match[str]) -> str:
        word = quoted[1] or quoted[2] or ""
        before = word.partition("@")[0]
        is_part = word in secret or secret in word or secret.endswith(before)
        return HIDDEN if word and secret and is_part else quoted[0]

    told = _QUOTED.sub(shown, message)
    return f"{told}; a % in it is written %25" if "percent-encoded token" in told else told
