"""The mini-program's API, `/api/v1`; described by `/api/v1/openapi.json`.

One file per concern, named as in `services/`. Bodies are strict: unknown fields and wrong types are refused.
"""

from __future__ import annotations

from functools import partial
from importlib import import_module

from apiflask import APIFlask

from handlers.api.description import describe

#: The files of this room, each with a blueprint `bp` mounted under /api/v1.
CONCERNS = (
    "session", "public", "home", "me", "applications", "recommendations", "skills", "guardians", "activities",
    "changes", "signups", "places", "attendance", "leading", "hours", "inbox", "messages", "broadcasts", "recovery",
    "transfers", "makeups", "objections", "presence", "questions", "evaluation", "complaints", "needs", "planning",
    "assessment", "assessment_review", "offline", "dispatch", "trainings", "stars", "benefits", "money", "honours",
    "nominations", "years", "certificates", "recognition", "mall", "notices", "own_data",
)  # fmt: skip


def register_api(app: APIFlask) -> None:
    """Mount every concern, and the health pages at the root."""
    app.spec_processor(partial(describe, app))
    for name in CONCERNS:
        app.register_blueprint(
            import_module(f"handlers.api.{name}").bp, url_prefix="/api/v1", name=f"api_{name}"
        )
    app.register_blueprint(import_module("handlers.api.health").bp)
