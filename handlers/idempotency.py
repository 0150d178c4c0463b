"""The same write sent twice is done once: header `Idempotency-Key`, kept 48 hours (design §6.5).

The key is claimed, the act done and the answer stored in one transaction, so a repeat either waits for the
first or gets its answer. An act that must call WeChat first cannot live in a transaction: it claims the key,
and a repeat meanwhile is told 409. Refusals are not stored: the next try may fare better.
"""

from __future__ import annotations

import contextvars
import functools
import hashlib
import re
from collections.abc import Callable
from typing import Any, TypeVar

from flask import Response, current_app, g, request

import clock
from models import store
from queries import idempotency as sql
from services.errors import Refusal, RefusalCode

F = TypeVar("F", bound=Callable[..., Any])
#: A key is 1 to 100 visible ASCII characters.
KEY = re.compile("[!-~]{1,100}")


def _keys() -> tuple[str, str] | None:
    """(hash of who, where and key; hash of the body), or None where the client sent no key."""
    key = request.headers.get("Idempotency-Key", "")
    if not key:
        return None
    if not KEY.fullmatch(key):
        raise Refusal(RefusalCode.BAD_REQUEST, why="idempotency_key")
    session = g.get("who")
    if session is None:
        owner = f"ip{request.remote_addr}"
    elif session.identity_id is not None:  # not the person: a registration's repeat comes from the same phone
        owner = f"i{session.identity_id}"
    else:
        owner = f"v{session.volunteer_id}"
    name = f"{owner}|{request.method} {request.path}|{key}"
    return hashlib.sha256(name.encode()).hexdigest(), hashlib.sha256(request.get_data()).hexdigest()


def _replay(kept: sql.Kept, body_hash: str) -> Response:
    if kept.body_hash != body_hash:
        raise Refusal(RefusalCode.KEY_MISMATCH)
    if kept.status is None:
        raise Refusal(RefusalCode.IN_FLIGHT)
    response = current_app.response_class(kept.answer, kept.status, mimetype="application/json")
    response.headers["Idempotent-Replay"] = "true"
    return response


def _answer(view: Callable[[], Any]) -> Response:
    return current_app.make_response(view())


def idempotent(view: F) -> F:
    """For a write that is all database: key, act and answer in one transaction."""

    @functools.wraps(view)
    def once(*args: Any, **kwargs: Any) -> Any:
        keys = _keys()
        if keys is None:
            return view(*args, **kwargs)
        context = contextvars.copy_context()  # the act may run on the writer's thread: take the request along
        refused: list[Refusal] = []

        def act() -> Response | None:
            refused.clear()  # of an earlier run
            kept = sql.claim(keys[0], keys[1], clock.now())
            if kept is not None:
                return _replay(kept, keys[1])
            try:
                response = _answer(lambda: view(*args, **kwargs))
            except Refusal as refusal:
                refused.append(
                    refusal
                )  # what it kept (a refused attempt) stays, so it must not raise in here
                sql.forget(keys[0])
                return None
            sql.store(keys[0], response.status_code, response.get_data(as_text=True))
            return response

        response = store.write(lambda: context.run(act), joined=True)
        if refused:
            raise refused[0]
        return response

    return _marked(once)


def idempotent_outside(view: F) -> F:
    """For a write that calls WeChat on its way: the key is claimed first, a parallel repeat gets 409."""

    @functools.wraps(view)
    def once(*args: Any, **kwargs: Any) -> Any:
        keys = _keys()
        if keys is None:
            return view(*args, **kwargs)
        kept = store.write(lambda: sql.claim(keys[0], keys[1], clock.now()))
        if kept is not None:
            return _replay(kept, keys[1])
        try:
            response = _answer(lambda: view(*args, **kwargs))
        except BaseException:
            store.write(lambda: sql.forget(keys[0]))
            raise
        store.write(lambda: sql.store(keys[0], response.status_code, response.get_data(as_text=True)))
        return response

    return _marked(once)


def _marked(once: Any) -> Any:
    """So that the API's description can tell, and a test can look that no write forgot it."""
    once.idempotent = True
    return once


__all__ = ["idempotent", "idempotent_outside"]
