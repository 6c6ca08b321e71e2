"""The rest between two chunks, where the signals allow less than full speed."""

from expandcontract.engine.helm import Helm
from expandcontract.pacing.throttle import rest_after

ASK_SOON = 0.02
"""Seconds between two looks at whether a rest may end."""


def rest(helm: Helm, took: float, share: float, size: int) -> None:
    """So long that the work fills its share; shorter where the standbys have shown enough."""
    clock, sleep = helm.runner.clock, helm.runner.sleep
    begun, whole = clock(), rest_after(took, share)
    while (rested := clock() - begun) < whole:
        sleep(min(whole - rested, ASK_SOON))
        if helm.bore(took / (took + clock() - begun), size):
            return
