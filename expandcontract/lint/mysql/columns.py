"""Reads column definitions, types and keys."""

from expandcontract.lint.cursor import Expr, NotReadError
from expandcontract.lint.mysql.forms import Column, Key, Type
from expandcontract.lint.mysql.tokens import MyCursor
from expandcontract.lint.tokens import Kind

_SYNONYMS = {
    "INTEGER": "INT", "INT4": "INT", "INT1": "TINYINT", "INT2": "SMALLINT", "INT3": "MEDIUMINT",
    "INT8": "BIGINT", "MIDDLEINT": "MEDIUMINT", "DEC": "DECIMAL", "NUMERIC": "DECIMAL",
    "FIXED": "DECIMAL", "REAL": "DOUBLE", "FLOAT8": "DOUBLE", "FLOAT4": "FLOAT",
    "CHARACTER": "CHAR", "NCHAR": "CHAR", "NVARCHAR": "VARCHAR", "NATIONAL": "CHAR",
    "VARCHARACTER": "VARCHAR", "LONG": "MEDIUMTEXT", "BOOL": "TINYINT", "BOOLEAN": "TINYINT",
}  # fmt: skip
_WITHOUT_WIDTH = frozenset({"TINYINT", "SMALLINT", "MEDIUMINT", "INT", "BIGINT", "YEAR"})
_DEFAULT_ARGUMENTS = {"DECIMAL": ("10", "0"), "CHAR": ("1",), "BIT": ("1",), "BINARY": ("1",)}
_ENDS = frozenset({"FIRST", "AFTER", "ALGORITHM", "LOCK"})


def read_type(cursor: MyCursor) -> Type:
    """Take a type with its attributes of sign and character set."""
    base = _type_word(cursor)
    return _with_attributes(cursor, base, _arguments(cursor, base))


def _type_word(cursor: MyCursor) -> str:
    if cursor.peek().kind is not Kind.WORD:
        raise NotReadError(cursor.peek(), "a type")
    base = cursor.take().word
    if base == "DOUBLE":
        cursor.says("PRECISION")
    if base in {"NATIONAL", "LONG"} and cursor.says_any("VARCHAR", "CHAR", "CHARACTER"):
        base = "VARCHAR" if base == "NATIONAL" else base
    base = _SYNONYMS.get(base, base)
    return "VARCHAR" if base == "CHAR" and cursor.says("VARYING") else base


def _with_attributes(cursor: MyCursor, base: str, arguments: tuple[str, ...]) -> Type:
    unsigned = False
    charset = collation = None
    while True:
        if cursor.says_any("UNSIGNED", "ZEROFILL"):
            unsigned = True
        elif cursor.says_any("SIGNED", "BINARY", "UNICODE", "ASCII"):
            pass
        elif cursor.says("CHARACTER", "SET") or cursor.says("CHARSET"):
            charset = _word_or_text(cursor).lower()
        elif cursor.says("COLLATE"):
            collation = _word_or_text(cursor).lower()
        else:
            break
    return Type(
        base=base, arguments=arguments, unsigned=unsigned, charset=charset, collation=collation
    )


def _arguments(cursor: MyCursor, base: str) -> tuple[str, ...]:
    if not cursor.sees("("):
        return _DEFAULT_ARGUMENTS.get(base, ())
    tokens = cursor.group().tokens
    if base in _WITHOUT_WIDTH:
        return ()
    found = tuple(token.text for token in tokens if token.word != ",")
    return (*found, "0") if base == "DECIMAL" and len(found) == 1 else found


def _word_or_text(cursor: MyCursor) -> str:
    return cursor.string() if cursor.peek().kind is Kind.STRING else cursor.ident()


def read_column(cursor: MyCursor, name: str) -> Column:
    """Take a column's definition behind its name."""
    if cursor.says("SERIAL"):
        kind, said = Type(base="BIGINT", unsigned=True), {"nullable": False, "auto": True}
        said["UNIQUE"] = True
    else:
        kind, said = read_type(cursor), {}
    default: Expr | None = None
    generated = expression = ""
    references = None
    while not cursor.done() and cursor.peek().word not in {",", ")", *_ENDS}:
        if cursor.says("NOT", "NULL"):
            said["nullable"] = False
        elif cursor.says("DEFAULT"):
            default = _default(cursor)
        elif cursor.says("GENERATED", "ALWAYS", "AS") or cursor.says("AS"):
            expression = " ".join(cursor.group().words)
            generated = "STORED" if cursor.says_any("STORED", "PERSISTENT") else "VIRTUAL"
            cursor.says("VIRTUAL")
        elif cursor.says("REFERENCES"):
            references = cursor.name()
            cursor.columns() if cursor.sees("(") else None
            _pass_reference_options(cursor)
        elif cursor.says("COLLATE"):
            kind = Type(
                base=kind.base, arguments=kind.arguments, unsigned=kind.unsigned,
                charset=kind.charset, collation=_word_or_text(cursor).lower(),
            )  # fmt: skip
        else:
            _attribute(cursor, said)
    primary = said.get("PRIMARY", False)
    return Column(
        name=name,
        type=kind,
        nullable=said.get("nullable", not primary),
        default=default,
        auto_increment=said.get("auto", False),
        generated=generated,
        expression=expression,
        key="PRIMARY" if primary else "UNIQUE" if said.get("UNIQUE") else "",
        checked=said.get("CHECK", False),
        references=references,
    )


def _default(cursor: MyCursor) -> Expr:
    start = cursor.at
    if cursor.sees("("):
        cursor.group()
    else:
        cursor.says_any("+", "-")
        cursor.take()
        if cursor.peek().kind is Kind.STRING:  # an introducer, as in _utf8mb4'x'
            cursor.take()
        if cursor.sees("("):
            cursor.group()
    return cursor.between(start, cursor.at)


def _attribute(cursor: MyCursor, said: dict[str, bool]) -> None:
    """Take one attribute that is a word or two."""
    if cursor.says("ON", "UPDATE"):
        cursor.take()
        cursor.group() if cursor.sees("(") else None
    elif cursor.says_any("COMMENT", "COLUMN_FORMAT", "STORAGE", "SRID", "REF_SYSTEM_ID",
                         "ENGINE_ATTRIBUTE", "SECONDARY_ENGINE_ATTRIBUTE"):  # fmt: skip
        cursor.says("=")
        cursor.take()
    elif cursor.says("NOT"):
        cursor.need("ENFORCED")
    elif not cursor.says_any("NULL", "ENFORCED", "VISIBLE", "INVISIBLE", "COMPRESSED"):
        _constraint(cursor, said)


def _constraint(cursor: MyCursor, said: dict[str, bool]) -> None:
    if cursor.says("PRIMARY", "KEY") or cursor.says("KEY"):
        said["PRIMARY"] = True
    elif cursor.says("UNIQUE"):
        cursor.says("KEY")
        said["UNIQUE"] = True
    elif cursor.says("AUTO_INCREMENT"):
        said["auto"] = True
    elif cursor.says("CHECK"):
        cursor.group()
        said["CHECK"] = True
    elif cursor.says("CONSTRAINT"):
        cursor.sees("CHECK") or cursor.ident()
    else:
        raise NotReadError(cursor.peek(), "an attribute of a column")


def read_key(cursor: MyCursor) -> Key | None:
    """Take an index or a constraint, if one comes next."""
    start = cursor.at
    name = None
    if cursor.says("CONSTRAINT") and cursor.peek().word not in {
        "PRIMARY", "UNIQUE", "FOREIGN", "CHECK",
    }:  # fmt: skip
        name = cursor.ident()
    if cursor.says("CHECK"):
        cursor.group()
        cursor.says("NOT")
        cursor.says("ENFORCED")
        return Key(kind="CHECK", name=name)
    kind = cursor.says_any("PRIMARY", "UNIQUE", "FULLTEXT", "SPATIAL", "FOREIGN")
    plain = cursor.says_any("KEY", "INDEX")
    if not (kind or plain):
        cursor.at = start
        return None
    cursor.says("IF", "NOT", "EXISTS")
    if not cursor.sees("(") and not cursor.sees("USING"):
        name = cursor.ident() if kind != "PRIMARY" else name
    key = read_key_columns(cursor, kind or "INDEX", name)
    if kind != "FOREIGN":
        return key
    cursor.need("REFERENCES")
    parent = cursor.name()
    cursor.columns() if cursor.sees("(") else None
    _pass_reference_options(cursor)
    return Key(kind=kind, name=name, columns=key.columns, references=parent)


def read_key_columns(cursor: MyCursor, kind: str, name: str | None) -> Key:
    """Take what an index stands on, and its options."""
    hashed = cursor.says("USING") and cursor.take().word == "HASH"
    parts = cursor.group()
    columns, depth = [], 0
    for place, token in enumerate(parts.tokens):
        depth += {"(": 1, ")": -1}.get(token.word, 0)
        first = place == 0 or parts.tokens[place - 1].word == ","
        if first and depth == 0:
            columns.append(token.text.strip("`"))
    hashed = _key_options(cursor) or hashed
    if hashed and kind == "UNIQUE":
        kind = "UNIQUE HASH"
    return Key(kind=kind, name=name, columns=tuple(columns))


def _key_options(cursor: MyCursor) -> bool:
    hashed = False
    while True:
        if cursor.says("USING"):
            hashed = cursor.take().word == "HASH"
        elif cursor.says_any("COMMENT", "KEY_BLOCK_SIZE"):
            cursor.says("=")
            cursor.take()
        elif cursor.says("WITH", "PARSER"):
            cursor.ident()
        elif not cursor.says_any("VISIBLE", "INVISIBLE", "IGNORED") and not (
            cursor.says("NOT", "IGNORED")
        ):
            return hashed


def _pass_reference_options(cursor: MyCursor) -> None:
    while True:
        if cursor.says("MATCH"):
            cursor.take()
        elif cursor.says("ON"):
            cursor.take()
            cursor.says_any("SET", "NO")
            cursor.take()
        else:
            return
