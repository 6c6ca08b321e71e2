"""How an operation is written into a revision file."""

from typing import TYPE_CHECKING

from alembic.autogenerate.render import renderers

from expandcontract.ops.operations import PhaseOp

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext

IMPORT = "import expandcontract as ec"


def register() -> None:
    """Make the renderers known to Alembic."""
    from expandcontract.ops.autogenerate import plain  # noqa: PLC0415  # Alembic is half imported

    renderers.dispatch_for(PhaseOp)(render)
    plain.register()


def render(context: "AutogenContext", op: PhaseOp) -> str:
    """The call of the operation; its import goes to the head of the file."""
    from expandcontract.changes.document import to_python  # noqa: PLC0415  # walks all kinds

    if not any(one.startswith(IMPORT) for one in context.imports):
        context.imports.add(IMPORT)
    prefix = context.opts["alembic_module_prefix"] or ""
    text = to_python(op.change, lambda value: _spelled(context, value))
    if "datetime." in text:
        context.imports.add("import datetime")
    return f"{prefix}{op.name}({text})"


def _spelled(context: "AutogenContext", value: object) -> str | None:
    """A column as the models have it, where it was read from one."""
    model = getattr(value, "model", None)
    if model is None:
        return None
    from alembic.autogenerate.render import _render_column  # noqa: PLC0415

    return _render_column(model, context)
