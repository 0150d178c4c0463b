"""What comes in over HTTP: the mini-program's API, the chat, the console and the pages behind a code.

Handlers authenticate, parse, call one service function and render. `register(app)` mounts them all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from flask import current_app

if TYPE_CHECKING:
    from apiflask import APIFlask

    from services.parts import Parts


def parts() -> Parts:
    """The real parts that `app.py` chose for this application."""
    return cast("Parts", current_app.extensions["parts"])


def register(app: APIFlask) -> None:
    """Mount every door on `app`."""
    from handlers import errors, requests
    from handlers.api import register_api
    from handlers.bot import register_bot
    from handlers.console import register_console
    from handlers.pages import register_pages

    requests.register(app)
    errors.register(app)
    register_api(app)
    register_bot(app)
    register_console(app)
    register_pages(app)
