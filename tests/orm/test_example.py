"""The example runs as its page says."""

import asyncio
import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import psycopg
import pytest

import expandcontract as ec

FOLDER = Path(__file__).parents[2] / "examples" / "orm_switch"


def run(dsn: str, *words: str) -> str:
    command = [sys.executable, str(FOLDER / "app.py"), *words]
    environment = {**os.environ, "EC_DATABASE_URL": dsn}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def loaded(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"example_{name}", FOLDER / f"{name}.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_it_reads_what_the_switch_says(dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    run(dsn, "--prepare")
    assert run(dsn, "1") == "0 of 1000 users are read from the new side\n"
    ec.switch(dsn, "users.email", percent=30)
    new = int(run(dsn, "1").split()[0])
    assert 240 < new < 360
    ec.switch(dsn, "users.email", kill=True)
    assert run(dsn, "1").startswith("0 of")
    with psycopg.connect(dsn) as connection:
        differing = "SELECT count(*) FROM users WHERE email <> email_address"
        assert connection.execute(differing).fetchall() == [(0,)]

    monkeypatch.setenv("EC_DATABASE_URL", dsn)
    assert loaded("wsgi").app.test_client().get("/ready").get_json()["ready"]
    assert asyncio.run(_get(loaded("asgi").app)) == {"ready": True, "reasons": []}


async def _get(app: Any) -> Any:  # noqa: ANN401
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
        return (await client.get("/ready")).json()
