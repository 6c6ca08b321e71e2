"""Flask: no traffic before the backfill is over."""

import os

import expandcontract as ec
from flask import Flask

readiness = ec.Readiness(os.environ["EC_DATABASE_URL"], {"users.email": "backfilled"})
app = Flask(__name__)
app.wsgi_app = ec.web.ReadyWSGI(app.wsgi_app, readiness)


@app.get("/live")
def live() -> str:
    """Nothing is asked of the schema here."""
    return "alive"
