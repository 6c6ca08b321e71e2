"""Which server the environment asks for; nothing set is the normal case."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Self


class Backend(StrEnum):
    """Where servers come from, in the order in which they are tried."""

    DSN = "dsn"
    DOCKER = "docker"
    LOCAL = "local"
    WHEEL = "wheel"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the variables say; passwords stay out of messages."""

    dsn: str | None = field(repr=False)  #: EC_TEST_DSN, a superuser's, as a URL
    standby_dsn: str | None = field(repr=False)  #: EC_TEST_STANDBY_DSN, which streams from it
    backend: Backend | None  #: EC_TEST_BACKEND: only this one, or fail
    major: int | None  #: EC_TEST_PG
    majors: str  #: EC_TEST_MAJORS, for `each_major`: "" is oldest and newest, "all", "14,16"
    cache: Path  #: EC_PG_CACHE: what `python -m tests.support.majors` has fetched

    @classmethod
    def read(cls, environment: Mapping[str, str] = os.environ) -> Self:
        backend = environment.get("EC_TEST_BACKEND")
        major = environment.get("EC_TEST_PG")
        cache = environment.get("EC_PG_CACHE")
        return cls(
            dsn=environment.get("EC_TEST_DSN") or None,
            standby_dsn=environment.get("EC_TEST_STANDBY_DSN") or None,
            backend=Backend(backend) if backend else None,
            major=int(major) if major else None,
            majors=environment.get("EC_TEST_MAJORS", ""),
            cache=Path(cache) if cache else Path.home() / ".cache" / "expandcontract-pg",
        )

    def backends(self) -> tuple[Backend, ...]:
        return (self.backend,) if self.backend else tuple(Backend)
