"""How an operation is written into a revision file."""

from typing import TYPE_CHECKING

from alembic.autogenerate.render import renderers

from expandcontract.ops.operations import PhaseOp

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext

IMPORT = "import expandcontract as ec"


def register() -> None:
    """Make the renderer known to Alembic."""
    renderers.dispatch_for(PhaseOp)(render)


def render(context: "AutogenContext", op: PhaseOp) -> str:
    """The call of the operation; its import goes to the head of the file."""
    from expandcontract.changes.document import to_python  # noqa: PLC0415  # walks all kinds

    context.imports.add(IMPORT)
    prefix = context.opts["alembic_module_prefix"] or ""
    return f"{prefix}{op.name}({to_python(op.change)})"
