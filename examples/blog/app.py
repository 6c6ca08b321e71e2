"""A blog, as its tutorial ends."""

import os

from flask import Flask
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy

app = Flask(__name__)
app.config["SQLALCHEMY_DATABASE_URI"] = os.environ.get(
    "BLOG_URL", "postgresql+psycopg://localhost/blog"
)
db = SQLAlchemy(app)
migrate = Migrate(app, db)
