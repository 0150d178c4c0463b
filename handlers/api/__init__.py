"""The mini-program's API, `/api/v1`; described by `/api/v1/openapi.json`.

One file per concern, named as in `services/`. Bodies are strict: unknown fields and wrong types are refused.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from handlers import errors

if TYPE_CHECKING:
    from flask import Flask

#: The files of this room, each with a blueprint `bp` mounted under /api/v1.
CONCERNS = (
    "session", "public", "home", "me", "applications", "recommendations", "skills", "guardians", "activities",
    "changes", "signups", "places", "attendance", "leading", "hours", "inbox", "messages", "broadcasts", "recovery",
    "transfers", "makeups", "objections", "presence", "questions", "evaluation", "complaints", "needs", "planning",
    "assessment", "assessment_review", "offline", "dispatch", "trainings", "stars", "benefits", "money", "honours",
    "nominations", "years", "certificates", "recognition", "mall", "notices", "own_data", "correcting",
)  # fmt: skip


def register_api(app: Flask) -> None:
    """Mount every concern, and their description."""
    from apiflask.exceptions import _ValidationError

    from handlers.api import description, schemas

    app.config.update(schemas.CHECKS)
    app.register_error_handler(_ValidationError, errors.invalid)
    mount(app)
    app.register_blueprint(description.bp)


def mount(app: Flask) -> None:
    """Mount the concerns alone."""
    for name in CONCERNS:
        app.register_blueprint(
            import_module(f"handlers.api.{name}").bp, url_prefix="/api/v1", name=f"api_{name}"
        )


def register_health(app: Flask) -> None:
    """Mount what is asked about this process, at the root."""
    app.register_blueprint(import_module("handlers.api.health").bp)
