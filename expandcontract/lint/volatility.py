"""How volatile an expression is: whether adding a column with it as default writes every row.

The names are those of functions in `pg_proc` (provolatile, majors 12 to 18); a test compares
them with a server.
"""

from collections.abc import Mapping
from enum import Enum
from itertools import pairwise

from expandcontract.lint.cursor import Expr
from expandcontract.lint.tokens import Kind


class Volatility(Enum):
    """What PostgreSQL may assume of a function's result."""

    CONSTANT = 0
    STABLE = 1
    UNKNOWN = 2  #: a function that neither PostgreSQL nor the known schema has
    VOLATILE = 3


VOLATILE = frozenset(
    {
        "clock_timestamp", "timeofday", "random", "random_normal", "setseed", "nextval", "currval",
        "lastval", "setval", "gen_random_uuid", "uuidv4", "uuidv7", "uuid_generate_v1",
        "uuid_generate_v1mc", "uuid_generate_v4", "gen_random_bytes", "gen_salt", "pg_sleep",
        "txid_current", "pg_current_xact_id", "pg_advisory_lock", "pg_try_advisory_lock",
        "set_config", "dblink", "pg_notify", "gen_random_string",
    }
)  # fmt: skip
STABLE = frozenset(
    {
        "now", "transaction_timestamp", "statement_timestamp", "current_setting", "to_char",
        "current_database", "current_schema", "current_schemas", "version", "to_timestamp",
        "to_date", "inet_client_addr", "inet_server_addr", "pg_backend_pid", "current_user",
        "session_user", "pg_current_snapshot", "txid_current_if_assigned", "timezone", "age",
        "to_json", "to_jsonb", "row_to_json", "json_build_object", "jsonb_build_object",
        "json_build_array", "jsonb_build_array", "array_to_json", "concat", "concat_ws", "format",
        "date_trunc", "date_part", "to_tsvector", "txid_snapshot_xmin", "quote_literal",
        "array_to_string", "getpgusername", "pg_postmaster_start_time", "pg_my_temp_schema",
    }
)  # fmt: skip
IMMUTABLE = frozenset(
    {
        "abs", "ceil", "ceiling", "floor", "round", "trunc", "sign", "sqrt", "power", "exp", "ln",
        "log", "mod", "div", "pi", "degrees", "radians", "greatest", "least", "coalesce", "nullif",
        "lower", "upper", "initcap", "length", "char_length", "octet_length", "substr",
        "substring", "trim", "btrim", "ltrim", "rtrim", "lpad", "rpad", "left", "right", "repeat",
        "replace", "reverse", "split_part", "strpos", "position", "translate", "md5", "sha256",
        "sha512", "encode", "decode", "ascii", "chr", "overlay", "quote_ident", "to_hex",
        "to_number", "regexp_replace", "regexp_match", "make_date", "make_time", "make_timestamp",
        "make_interval", "uuid_nil", "uuid_ns_dns", "uuid_generate_v3", "uuid_generate_v5",
        "array_append", "array_cat", "array_fill", "array_length", "array_prepend", "cardinality",
        "extract", "justify_days", "justify_hours", "justify_interval", "int4range", "int8range",
        "numrange", "tsrange", "tstzrange", "daterange", "point", "box", "circle", "row", "array",
        "jsonb_set", "hashtext", "cast", "not", "int4", "int8", "int2", "float8", "numeric", "text",
        "varchar", "bpchar", "bool", "date", "jsonb_array_length", "json_array_length",
    }
)  # fmt: skip


def volatility(expression: Expr, routines: Mapping[str, str] | None = None) -> Volatility:
    """The most volatile thing in an expression; `routines` are the schema's own functions."""
    worst = Volatility.CONSTANT
    tokens = expression.tokens
    for token, after in zip(tokens, (*tokens[1:], None), strict=True):
        if after is None or after.word != "(" or token.kind not in {Kind.WORD, Kind.QUOTED}:
            continue
        worst = max(worst, _of_function(token.text, routines or {}), key=lambda v: v.value)
    return worst


_DECLARED = {"VOLATILE": Volatility.VOLATILE, "UNKNOWN": Volatility.UNKNOWN}
"""A volatile function in SQL is unknown: it may be inlined to a constant."""


def _of_function(written: str, routines: Mapping[str, str]) -> Volatility:
    name = written.strip('"').lower()
    if name in routines:
        return _DECLARED.get(routines[name], Volatility.STABLE)
    if name in VOLATILE:
        return Volatility.VOLATILE
    if name in STABLE or name in IMMUTABLE or name in _TYPES:
        return Volatility.STABLE if name in STABLE else Volatility.CONSTANT
    return Volatility.UNKNOWN


_TYPES = frozenset(
    {"char", "character", "varying", "numeric", "decimal", "time", "timestamp", "timestamptz",
     "timetz", "interval", "bit", "varbit", "float", "current_timestamp", "current_time",
     "localtimestamp", "localtime", "second", "and", "or", "in", "any", "all", "when", "then",
     "else", "case", "values", "select", "from", "as"}
)  # fmt: skip
"""Words that may stand before a parenthesis and are no functions."""


def unknown_function(expression: Expr) -> str:
    """The name of the first function whose volatility nobody knows."""
    tokens = expression.tokens
    for token, after in pairwise(tokens):
        if after.word != "(" or token.kind not in {Kind.WORD, Kind.QUOTED}:
            continue
        if _of_function(token.text, {}) is Volatility.UNKNOWN:
            return token.text
    return ""
