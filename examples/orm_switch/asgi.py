"""FastAPI: no traffic before the backfill is over."""

import os

import expandcontract as ec
from fastapi import FastAPI

readiness = ec.Readiness(os.environ["EC_DATABASE_URL"], {"users.email": "backfilled"})
app = FastAPI()
app.add_middleware(ec.web.ReadyASGI, readiness=readiness)


@app.get("/live")
async def live() -> str:
    """Nothing is asked of the schema here."""
    return "alive"
