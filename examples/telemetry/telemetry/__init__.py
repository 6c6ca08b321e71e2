"""Sensors and what they say."""

from sqlalchemy import MetaData

metadata = MetaData(schema="measured")
