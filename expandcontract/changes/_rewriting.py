"""Writes an expression of a row again for a column under another name.

The server's own spelling (`pg_get_expr`, `pg_get_constraintdef`) is rewritten token by token:
in an expression over one table a bare word is a column unless it is called, qualified, or names
a type or a collation. Nothing is printed anew, so nothing else in the text can change.
"""

from sqlglot.tokenizer_core import Token, TokenType

from expandcontract.model.names import quoted

_TYPE_FOLLOWS = {"::", "COLLATE", "AS", "."}
_TYPE_GOES_ON = {"TIME", "DOUBLE", "CHARACTER", "BIT", "WITH", "WITHOUT", "INTERVAL", "TO"}
"""`without time zone`, `character varying`, `interval day to second`: no columns."""


def renamed(expression: str, old: str, new: str) -> str:
    """The expression with every mention of the column `old` replaced by `new`.

    >>> print(renamed("(email <> ''::text) AND lower(email) = email", "email", "address"))
    ("address" <> ''::text) AND lower("address") = "address"
    >>> print(renamed("(text <> 'text'::text)", "text", "body"))
    ("body" <> 'text'::text)
    """
    tokens = _tokens(expression)
    # `EXTRACT(year FROM …)`: the first word is a field, never a column.
    fields = {at + 2 for at, token in enumerate(tokens) if token.text.upper() == "EXTRACT"}
    neighbours = zip([None, *tokens[:-1]], tokens, [*tokens[1:], None], strict=True)
    pieces: list[str] = []
    at = 0
    for number, (before, token, after) in enumerate(neighbours):
        if number not in fields and _is_column(token, before, after, old):
            pieces += [expression[at : token.start], quoted(new)]
            at = token.end + 1
    return "".join([*pieces, expression[at:]])


def _tokens(expression: str) -> list[Token]:
    from sqlglot.dialects.postgres import Postgres  # noqa: PLC0415  # 170 ms that few runs need

    return list(Postgres().tokenize(expression))


def _is_column(token: Token, before: Token | None, after: Token | None, old: str) -> bool:
    if token.token_type in {TokenType.STRING, TokenType.NUMBER}:
        return False
    if token.text != old:
        return False
    quoted_name = token.token_type is TokenType.IDENTIFIER
    if before is not None and before.text.upper() in _TYPE_FOLLOWS:
        return False
    if before is not None and before.text.upper() in _TYPE_GOES_ON and not quoted_name:
        return False
    if after is not None and after.text == ".":
        return False
    called = after is not None and after.text == "("
    return quoted_name or not called
