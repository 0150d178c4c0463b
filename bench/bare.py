"""The least that a web process of this kind can be: Flask and peewee, one answer."""

from __future__ import annotations

import peewee
from flask import Flask, Response, jsonify


def create_bare() -> Flask:
    """The application; peewee is there and has a database in memory."""
    app = Flask("bare")
    app.extensions["database"] = peewee.SqliteDatabase(":memory:")

    @app.get("/livez")
    def livez() -> Response:
        return jsonify(ok=True)

    return app
