"""What comes in over HTTP: the mini-program's API, the chat, the console and the pages behind a code.

Handlers authenticate, parse, call one service function and render. The ways in are `handlers.doors`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from flask import current_app

if TYPE_CHECKING:
    from flask import Flask

    from services.parts import Parts


def parts() -> Parts:
    """The real parts that `app.py` chose for this application."""
    return cast("Parts", current_app.extensions["parts"])


def register(app: Flask) -> None:
    """What happens around every request, at whichever door."""
    from handlers import errors, requests
    from handlers.push_door import PushDoor

    requests.register(app)
    errors.register(app)
    app.wsgi_app = PushDoor(app, app.wsgi_app)  # type: ignore[method-assign]
