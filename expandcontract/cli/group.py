"""A click group whose commands are the modules of a package."""

import importlib
import importlib.util
from typing import Any

import click

from expandcontract.cli.streams import readers_may_go


class Commands(click.Group):
    """Finds `contract-check` in `<package>.contract_check`, and imports nothing else.

    Modules without `COMMAND` are no commands. Help imports them all, since it shows their first
    sentences.
    """

    def __init__(self, *args: Any, package: str, **kwargs: Any) -> None:  # noqa: ANN401  (click's)
        super().__init__(*args, **kwargs)
        self.package = package

    def make_context(self, *args: Any, **kwargs: Any) -> click.Context:  # noqa: ANN401  (click's)
        """Click's own; help is printed here."""
        with readers_may_go():
            return super().make_context(*args, **kwargs)

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401  (click's)
        """Click's own; click itself would end with 1, which is a finding."""
        with readers_may_go():
            return super().invoke(ctx)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names, sorted."""
        import pkgutil  # noqa: PLC0415  for help alone

        modules = pkgutil.iter_modules(importlib.import_module(self.package).__path__)
        names = (module.name.replace("_", "-") for module in modules)
        return sorted(name for name in names if self.get_command(ctx, name) is not None)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command of that name; only its own module is imported."""
        module = cmd_name.replace("-", "_")
        if not module.isidentifier() or "_" in cmd_name:
            return None
        path = f"{self.package}.{module}"
        if importlib.util.find_spec(path) is None:
            return None
        command = getattr(importlib.import_module(path), "COMMAND", None)
        return command if isinstance(command, click.Command) else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Click's own, with the nearest names for an unknown command."""
        name = args[0]
        if not name.startswith("-") and self.get_command(ctx, name) is None:
            names = self.list_commands(ctx)
            import difflib  # noqa: PLC0415  when a name is wrong

            near = difflib.get_close_matches(name, names, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(names)}"
            message = f"no command {name!r}; {hint}"
            raise click.UsageError(message, ctx)
        return super().resolve_command(ctx, args)
