"""The application context in which `flask db` runs the env.py of a Flask project."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_ASKS_FLASK = ("current_app", "flask_migrate")


@contextmanager
def application(env: str) -> Iterator[dict[str, Any]]:
    """Within it env.py finds `current_app`, if it asks for it; what `Migrate(…)` was told.

    The application is found as `flask` finds it: FLASK_APP, else app.py or wsgi.py.
    """
    if not any(word in env for word in _ASKS_FLASK):
        yield {}
        return
    from flask.cli import ScriptInfo  # noqa: PLC0415  # there only in a Flask project

    with _here(), ScriptInfo().load_app().app_context() as context:
        extension = context.app.extensions.get("migrate")
        yield dict(getattr(extension, "configure_args", None) or {})


@contextmanager
def _here() -> Iterator[None]:
    """The `flask` command is started with the working directory on the path."""
    sys.path.insert(0, str(Path.cwd()))
    yield
