"""Whether an assignment may be made twice: `n + 1`, a swap or a random value may not.

What cannot be told is taken for the stricter case, which costs speed and nothing else.
"""

import json
from enum import Enum
from itertools import pairwise
from typing import LiteralString

from expandcontract.model.backfill import Backfill
from expandcontract.postgres.session import Session

VOLATILE: LiteralString = """
    SELECT EXISTS (
        SELECT FROM pg_catalog.pg_proc
        WHERE provolatile = 'v'
          AND proname IN (SELECT jsonb_array_elements_text(%(names)s::jsonb)))
"""
MOMENTS = frozenset(
    {
        "now", "transaction_timestamp", "statement_timestamp", "current_timestamp", "current_date",
        "current_time", "localtime", "localtimestamp", "age", "txid_current",
    }
)  # fmt: skip
"""Stable within a transaction, and another value in the next one."""


class Repeats(Enum):
    """What a second application of an assignment would do."""

    NOTHING = "nothing"  #: the row has the value already
    HARM = "harm"  #: the expression reads what it writes
    ANOTHER_VALUE = "another value"  #: nor can a row be asked whether it has it


def repeats(session: Session, backfill: Backfill) -> Repeats:
    """Ask the expressions for what they read, and the server for how volatile they are."""
    words = [word for _, value in backfill.assignments for word in _words(value)]
    called = {name for name, following in words if following == "("}
    named = {name for name, _ in words}
    if named & MOMENTS or _is_volatile(session, called):
        return Repeats.ANOTHER_VALUE
    if backfill.into is not None:
        return Repeats.NOTHING
    assigned = {column for column, _ in backfill.assignments}
    read = {name for name, following in words if following not in {"(", "."}}
    # `users` alone is the whole row, the assigned column included; so is `users.*`.
    if read & {*assigned, backfill.table.name, "*"}:
        return Repeats.HARM
    return Repeats.NOTHING


def _is_volatile(session: Session, called: set[str]) -> bool:
    params = {"names": json.dumps(sorted(called))}
    return bool(called) and bool(session.rows(VOLATILE, params)[0][0])


def _words(expression: str) -> list[tuple[str, str]]:
    """Every name, as the server folds it, with what stands behind it."""
    from sqlglot.dialects.postgres import Postgres  # noqa: PLC0415  # 170 ms that few runs need
    from sqlglot.tokenizer_core import TokenType  # noqa: PLC0415

    tokens = [t for t in Postgres().tokenize(expression) if t.token_type is not TokenType.STRING]
    found = []
    for token, after in pairwise([*tokens, None]):
        if token is None:
            continue
        is_quoted = token.token_type is TokenType.IDENTIFIER
        text = token.text if is_quoted else token.text.lower()
        if text == "*" and (after is None or after.text in {",", ")"}):
            found.append(("*", ""))  # the whole row, where it is no product
        found.append((text if text != "*" else "", "" if after is None else after.text))
    return found
