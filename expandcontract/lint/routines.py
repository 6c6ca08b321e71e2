"""The functions and procedures of a schema, as far as CREATE OR REPLACE asks for them."""

from expandcontract.lint.forms.maintenance import Drop
from expandcontract.lint.forms.objects import CreateRoutine, Other
from expandcontract.lint.knowledge import History, Routine
from expandcontract.model.names import TableName

KINDS = frozenset({"FUNCTION", "PROCEDURE", "ROUTINE", "AGGREGATE"})


def remember(node: CreateRoutine, history: History) -> None:
    """Take what CREATE FUNCTION or PROCEDURE makes."""
    inlined = node.language == "sql" and node.volatility == "VOLATILE"
    history.routines[node.name.name] = "UNKNOWN" if inlined else node.volatility
    if (key := key_of(node, history)) is None:
        forget(node.name, history)  # one of them may have been replaced
    else:
        history.signatures[key] = node


def forget(name: TableName, history: History) -> None:
    """No longer know anything of the routines of this name, in whatever schema."""
    for key in [key for key in history.signatures if key[0].name == name.name]:
        del history.signatures[key]


def forget_dropped(node: Drop, history: History) -> None:
    """DROP names a routine with its parameters or without; CASCADE may take any along."""
    if node.cascade or node.kind == "SCHEMA":
        history.signatures.clear()
    elif node.kind in KINDS:
        for name in node.names:
            forget(name, history)


def forget_after(node: Other, history: History) -> None:
    """ALTER FUNCTION may rename or move one, or may have moved any with its schema."""
    if node.verb == "ALTER" and node.kind in {*KINDS, "SCHEMA", "EXTENSION"}:
        history.signatures.clear()


def replaced(node: CreateRoutine, history: History) -> CreateRoutine | None:
    """The routine that a replacement of this name and these parameters replaces."""
    key = key_of(node, history)
    return history.signatures.get(key) if key else None


def key_of(node: CreateRoutine, history: History) -> Routine | None:
    """What tells routines of one name apart; nothing where it cannot be told."""
    if node.signature is None:
        return None
    schema = node.name.schema or history.search_path[0]
    return TableName(node.name.name, schema), tuple(one.type for one in node.signature.inputs)
