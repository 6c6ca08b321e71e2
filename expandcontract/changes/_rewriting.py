"""Writes an expression of a row again for columns under other names.

The server's own spelling (`pg_get_expr`, `pg_get_constraintdef`) is rewritten token by token:
in an expression over one table a bare word is a column unless it is called, qualified, or names
a type or a collation. Nothing is printed anew, so nothing else in the text can change.
"""

from collections.abc import Iterable, Iterator, Mapping

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
    return replaced(expression, {old: quoted(new)})


def replaced(expression: str, columns: Mapping[str, str], *, folded: bool = False) -> str:
    """The expression with other SQL in place of each of the columns.

    `folded`: somebody wrote it by hand, and unquoted words are in any case.

    >>> print(replaced("Upper(Email) || x", {"email": 'NEW."email"'}, folded=True))
    Upper(NEW."email") || x
    """
    pieces: list[str] = []
    at = 0
    for token, name in _columns(expression, columns, folded=folded):
        pieces += [expression[at : token.start], columns[name]]
        at = token.end + 1
    return "".join([*pieces, expression[at:]])


def mentioned(expression: str, columns: Iterable[str], *, folded: bool = False) -> frozenset[str]:
    """Which of the columns the expression reads.

    >>> sorted(mentioned("first || ' ' || LAST", ["first", "last", "id"], folded=True))
    ['first', 'last']
    """
    return frozenset(name for _, name in _columns(expression, set(columns), folded=folded))


def has_query(expression: str) -> bool:
    """Whether a bare word in it may be the column of another table.

    >>> has_query("(SELECT id FROM public.countries WHERE code = country)"), has_query("id")
    (True, False)
    """
    return any(
        token.text.upper() == "SELECT" and token.token_type is not TokenType.IDENTIFIER
        for token in _tokens(expression)
    )


def _columns(
    expression: str, names: Mapping[str, str] | set[str], *, folded: bool
) -> Iterator[tuple[Token, str]]:
    tokens = _tokens(expression)
    # `EXTRACT(year FROM …)`: the first word is a field, never a column.
    fields = {at + 2 for at, token in enumerate(tokens) if token.text.upper() == "EXTRACT"}
    neighbours = zip([None, *tokens], tokens, [*tokens[1:], None], strict=False)
    for number, (before, token, after) in enumerate(neighbours):
        is_quoted = token.token_type is TokenType.IDENTIFIER
        name = token.text.lower() if folded and not is_quoted else token.text
        if number not in fields and name in names and _is_column(token, before, after):
            yield token, name


def _tokens(expression: str) -> list[Token]:
    from sqlglot.dialects.postgres import Postgres  # noqa: PLC0415  # 170 ms that few runs need

    return list(Postgres().tokenize(expression))


def _is_column(token: Token, before: Token | None, after: Token | None) -> bool:
    if token.token_type in {TokenType.STRING, TokenType.NUMBER}:
        return False
    quoted_name = token.token_type is TokenType.IDENTIFIER
    if before is not None and before.text.upper() in _TYPE_FOLLOWS:
        return False
    if before is not None and before.text.upper() in _TYPE_GOES_ON and not quoted_name:
        return False
    if after is not None and after.text == ".":
        return False
    if after is not None and after.token_type is TokenType.STRING:
        return False  # `date '2026-01-01'`: a type and its value
    called = after is not None and after.text == "("
    return quoted_name or not called
