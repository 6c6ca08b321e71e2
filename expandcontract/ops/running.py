"""Which run of Alembic an operation is called from.

Alembic tells its operations neither the revision they stand in nor where the run began. Both are
local variables of `MigrationContext.run_migrations`, which is below us on the stack. Nothing else
knows: the version table has moved on when the second revision asks it.
"""

import sys
from dataclasses import dataclass, field
from types import FrameType
from typing import Any

from alembic.runtime.migration import MigrationContext, RevisionStep, StampStep


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Where this run of Alembic began, and where it is now."""

    heads: tuple[str, ...] = ()  #: of the database, before the first revision of this run
    step: RevisionStep | StampStep | None = None  #: None: not called by a run
    arguments: dict[str, Any] = field(default_factory=dict)  #: of `context.run_migrations()`

    @property
    def revision(self) -> str | None:
        """The revision that is being carried out."""
        return None if self.step is None else str(self.step.info.up_revision_id)

    @property
    def builds_database(self) -> bool:
        """Whether it began at base: there is no application yet that could be stopped."""
        return self.step is not None and self.step.is_upgrade and not self.heads


def run_of(context: MigrationContext) -> Run:
    """The run that this context is in the middle of."""
    frame: FrameType | None = sys._getframe()  # noqa: SLF001  # the documented way to the stack
    while frame is not None:
        if frame.f_code.co_name == MigrationContext.run_migrations.__name__:
            variables = frame.f_locals
            if variables.get("self") is context and "step" in variables:
                return Run(
                    heads=tuple(variables["heads"]),
                    step=variables["step"],
                    arguments=dict(variables.get("kw", {})),
                )
        frame = frame.f_back
    return Run()
