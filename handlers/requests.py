"""What happens around every request: the numbers in its path, its own number, its connection, its headers."""

from __future__ import annotations

import secrets

from flask import Flask, Request, Response, g, has_request_context, request
from flask.sessions import NullSession, SessionInterface, SessionMixin
from werkzeug.routing import IntegerConverter

from models import store

#: Digits of a number in a path; both databases hold more.
DIGITS = 18
CSP = (
    "default-src 'self'; img-src 'self' data:; style-src 'self'; script-src 'self'; "
    "frame-ancestors 'none'; form-action 'self'; base-uri 'none'"
)


class WholeNumber(IntegerConverter):
    """`<int:…>` in a path: a number longer than any of ours is the number of nothing, whatever is asked of it.

    Said as a form, since a limit would make of a POST beside a GET the wrong method.
    """

    regex = rf"\d{{1,{DIGITS}}}"


class NoCookieOfFlask(SessionInterface):
    """Sessions are ours (`services.accounts.sessions`): Flask need not sign and read one of its own each request."""

    def open_session(self, app: Flask, request: Request) -> NullSession:
        """None, and whoever writes into it is told so."""
        return NullSession()

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Nothing to keep."""


def number_of_request() -> str:
    """The number under which the log speaks of this request, "" outside of one."""
    return str(g.get("request_id", "")) if has_request_context() else ""


def give_back(_problem: BaseException | None = None) -> None:
    """The connection goes back to the pool; none may stay with a thread that the server may end."""
    store.give_back()


def register(app: Flask) -> None:
    """Install the converter and the hooks; before any route."""
    app.url_map.converters["int"] = WholeNumber
    app.session_interface = NoCookieOfFlask()

    @app.before_request
    def number() -> None:
        g.request_id = secrets.token_hex(4)

    @app.before_request
    def origin() -> None:
        # It knows the tables, which a process that only starts does not.
        from handlers.auth import check_origin

        check_origin()

    @app.after_request
    def headers(response: Response) -> Response:
        response.headers["X-Request-Id"] = g.get("request_id", "-")
        response.headers["X-Content-Type-Options"] = "nosniff"
        if response.mimetype == "text/html":
            response.headers["Content-Security-Policy"] = CSP
            response.headers["Referrer-Policy"] = "same-origin"
        if not request.path.startswith("/static/") and "Cache-Control" not in response.headers:
            response.headers["Cache-Control"] = "no-store"
        return response

    app.teardown_appcontext(give_back)
