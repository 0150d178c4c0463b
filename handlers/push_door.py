"""The door for what WeChat pushes, in front of the framework.

A push needs nothing of it: no route but its two, no session, no form, no page. So it goes from here straight to
`callback.push`; everything else goes on to the application. Number, headers, log and the word for our own faults are
those of every other request.
"""

from __future__ import annotations

import json
import logging
import secrets
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from handlers.body import whole
from handlers.doors import House
from handlers.requests import give_back
from services.errors import Refusal
from wording import say

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment
    from flask import Flask

    from handlers.bot.callback import Answer

log = logging.getLogger("hongyao.web")

#: What is pushed where, and to which account.
ACCOUNTS = {"/wechat/callback": "oa", "/wechat/mp-callback": "mp"}
_STATUS = {200: "200 OK", 403: "403 FORBIDDEN", 500: "500 INTERNAL SERVER ERROR"}


class PushDoor:
    """Answers pushes for `app`; `inner` is what answers everything else."""

    def __init__(self, app: Flask, inner: WSGIApplication) -> None:
        self._app = app
        self._inner = inner

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """One request."""
        account = ACCOUNTS.get(environ["PATH_INFO"])
        if account is None or environ["REQUEST_METHOD"] != "POST":
            return self._inner(environ, start_response)
        number = secrets.token_hex(4)
        try:
            answer = self._push(account, environ, number)
        except Exception:
            if self._app.testing:
                raise
            log.exception("fault %s at %s", number, environ["PATH_INFO"])
            answer = _fault(number)
        finally:
            give_back()
        kind = answer.mimetype
        start_response(_STATUS[answer.status], [
            ("Content-Type", kind if kind == "application/json" else f"{kind}; charset=utf-8"),
            ("Content-Length", str(len(answer.body))), ("X-Request-Id", number),
            ("X-Content-Type-Options", "nosniff"), ("Cache-Control", "no-store"),
        ])  # fmt: skip
        return [answer.body]

    def _push(self, account: str, environ: WSGIEnvironment, number: str) -> Answer:
        """What the chat says; its room is loaded with the first push."""
        if isinstance(self._app, House):
            self._app.open(self._app.doors["bot"])
        from handlers.bot import callback

        return callback.push(self._app, account, _query(environ), lambda: _body(environ), number)


def _query(environ: WSGIEnvironment) -> Mapping[str, str]:
    """The query; of a name that comes twice the first."""
    text: str = environ.get("QUERY_STRING", "")
    if text.isascii() and "%" not in text and "+" not in text:
        pairs: Any = (each.partition("=")[::2] for each in reversed(text.split("&")))
    else:
        pairs = reversed(parse_qsl(text.encode("latin-1").decode("utf-8", "replace"), keep_blank_values=True))
    return dict(pairs)


def _body(environ: WSGIEnvironment) -> bytes:
    """The body, never more of it than a push may have."""
    from wechat.inbound import MAX_BODY, CallbackRefused

    try:
        return whole(environ, MAX_BODY)
    except Refusal:
        raise CallbackRefused("size") from None


def _fault(number: str) -> Answer:
    from handlers.bot.callback import Answer

    said = {"code": "fault", "message": say("refusals.fault", number=number), "facts": {"request": number}}
    return Answer(500, json.dumps(said, ensure_ascii=False).encode(), "application/json")
