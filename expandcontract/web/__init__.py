"""Readiness for web applications: `ReadyASGI` and `ReadyWSGI` answer one path, and nothing else."""

from expandcontract.web.asgi import ReadyASGI
from expandcontract.web.wsgi import ReadyWSGI

__all__ = ["ReadyASGI", "ReadyWSGI"]
