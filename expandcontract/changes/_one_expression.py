"""Whether an author's text is one expression, and no more.

What closes a parenthesis that it did not open would go on as another part of the command
that it is put into.
"""

from collections.abc import Iterator
from itertools import accumulate, pairwise


def more_than_one(text: str) -> Iterator[str]:
    """Why it is not one."""
    from sqlglot.dialects.postgres import Postgres  # noqa: PLC0415  # 170 ms that few runs need
    from sqlglot.errors import TokenError  # noqa: PLC0415

    try:
        words = [token.text for token in Postgres().tokenize(text)]
    except TokenError as error:
        yield f"{text!r} cannot be read: {error}"
        return
    depths = list(accumulate((word == "(") - (word == ")") for word in words))
    if any(depth < 0 for depth in depths) or (depths and depths[-1]):
        yield f"the parentheses of {text!r} do not match"
    elif parameter := next((a + b for a, b in pairwise(words) if a == "$" and b.isdecimal()), ""):
        yield f"{text!r} has the parameter {parameter}, for which nobody gives a value; write it"
    elif ";" in words:
        yield f"{text!r} is not one expression"
