"""What these tests have in common with those beside which they would stand, were they quick."""

from tests.ops.conftest import project, settle, settled

__all__ = ["project", "settle", "settled"]
