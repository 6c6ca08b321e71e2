"""Searches for counterexamples: importing this lets a busy machine take its time over each."""

from hypothesis import HealthCheck, settings

settings.register_profile("ec", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("ec")
