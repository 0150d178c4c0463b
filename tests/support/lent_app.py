"""An application lent to test after test, as good as new each time.

Mounting some five hundred routes and compiling the templates takes longer than most tests. What a test may have
changed on the application (its settings, its parts, a view made to fail) is put back for the next one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask

from handlers.doors import House

_made: dict[str, tuple[Flask, list[tuple[dict[str, Any], dict[str, Any]]]]] = {}


def lent_app(name: str, make: Callable[[], Flask], **extensions: Any) -> Flask:
    """The application `name`, made once in this process, with these `extensions` of the test's own (`parts=…`)."""
    if name not in _made:
        app = make()
        if isinstance(app, House):
            app.open_all()  # what a test finds in `view_functions` is put back too
        kept: list[tuple[Any, dict[str, Any]]] = [
            (each, dict(each)) for each in (app.config, app.view_functions, app.extensions)
        ]
        _made[name] = app, kept
    app, kept = _made[name]
    for now, before in kept:
        now.clear()
        now.update(before)
    app.extensions.update(extensions)
    return app
