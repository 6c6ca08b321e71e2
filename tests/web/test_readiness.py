"""A release gets no traffic before the schema can serve it; liveness says nothing of it."""

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import httpx
import psycopg
import pytest
from fastapi import FastAPI
from flask import Flask

import expandcontract as ec
from expandcontract.errors import UnknownPhaseError
from expandcontract.web import ReadyASGI, ReadyWSGI

CHANGE = ec.RenameColumn(table="users", old="email", new="email_address")
Get = Callable[[str], tuple[int, Any]]


@pytest.fixture
def change(connection: psycopg.Connection) -> ec.RenameColumn:
    connection.execute("CREATE TABLE users (id bigint PRIMARY KEY, email text)")
    return CHANGE


def fastapi_get(check: ec.Readiness) -> Get:
    app = FastAPI()
    app.add_middleware(ReadyASGI, readiness=check)

    @app.get("/live")
    async def live() -> str:
        return "alive"

    async def ask(path: str) -> httpx.Response:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
            return await client.get(path)

    def get(path: str) -> tuple[int, Any]:
        response = asyncio.run(ask(path))
        return response.status_code, response.json()

    return get


def flask_get(check: ec.Readiness) -> Get:
    app = Flask(__name__)
    app.wsgi_app = ReadyWSGI(app.wsgi_app, check)  # type: ignore[method-assign]

    @app.get("/live")
    def live() -> list[str]:
        return ["alive"]

    client = app.test_client()

    def get(path: str) -> tuple[int, Any]:
        response = client.get(path)
        return response.status_code, response.get_json()

    return get


@pytest.mark.parametrize("serve", [fastapi_get, flask_get])
def test_a_probe_is_answered_and_everything_else_goes_on(
    change: ec.RenameColumn, dsn: str, serve: Callable[[ec.Readiness], Get]
) -> None:
    get = serve(ec.Readiness(dsn, {"users.email": "backfilled"}, every=0))

    code, body = get("/ready")
    assert (code, body["ready"]) == (503, False)
    assert "to be backfilled, and it is not known to this database" in body["reasons"][0]
    assert get("/live")[0] == 200
    ec.apply(dsn, change, ec.Phase.EXPAND)
    assert get("/ready")[0] == 503
    ec.apply(dsn, change, ec.Phase.BACKFILL)
    assert get("/ready") == (200, {"ready": True, "reasons": []})
    ec.revert(dsn, change, ec.Phase.BACKFILL)
    assert get("/ready")[0] == 503


def test_the_database_is_asked_now_and_then_and_by_one_at_a_time(
    change: ec.RenameColumn, dsn: str
) -> None:
    ec.apply(dsn, change, ec.Phase.EXPAND)
    now = [0.0]
    check = ec.Readiness(dsn, {"users.email": "expanded"}, every=5, clock=lambda: now[0])
    assert check() == ()
    ec.revert(dsn, change, ec.Phase.EXPAND)
    now[0] = 4.9
    assert check() == ()
    now[0] = 5.0
    answers: list[tuple[str, ...]] = []
    threads = [threading.Thread(target=lambda: answers.append(check())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 8
    assert "not known to this database" in check()[0]


def test_a_lost_database_keeps_nobody_from_staying_ready(dsn: str) -> None:
    nowhere = "host=127.0.0.1 port=9 dbname=none connect_timeout=1"
    assert "does not answer" in ec.Readiness(nowhere, {"users.email": "expanded"})()[0]
    ready = ec.Readiness(dsn, {}, every=0)
    assert ready() == ()
    ready._target, ready._needs = nowhere, {"users.email": "expanded"}  # noqa: SLF001
    assert ready() == ()


def test_a_misspelt_phase_is_refused_when_the_check_is_made(dsn: str) -> None:
    with pytest.raises(UnknownPhaseError, match="did you mean 'switched'"):
        ec.Readiness(dsn, {"users.email": "swiched"})
