"""Who is asking: a Bearer token for the API and for a phone without a network, a cookie for pages and console.

`need_login(kind)` puts the session on `g`; `who()` gives it; `need_volunteer` also wants a registered person.
Console and pages check the Origin on every write and a CSRF token on every one of somebody who is logged in; the API
takes no cookies, so it needs none.
"""

from __future__ import annotations

import functools
import hmac
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

from flask import Response, g, request

import clock
from handlers import parts
from services import guessing
from services.accounts import sessions
from services.accounts.sessions import Who
from services.errors import Refusal, RefusalCode

F = TypeVar("F", bound=Callable[..., Any])
DOOR = {"api": "api", "h5": "pages", "console": "console", "offline": "offline"}
#: Doors whose token comes in the Authorization header; they take no cookies, so nobody else's page can use them.
BEARER = ("api", "offline")
READS = ("GET", "HEAD", "OPTIONS")


def cookie_name(kind: str) -> str:
    """The session cookie of a door; `__Host-` where the site is https, so that no sub-domain can set it."""
    return f"__Host-{kind}" if parts().https else kind


def set_cookie(response: Response, kind: str, token: str, *, days: int = 180) -> None:
    """Put a session token in its cookie."""
    response.set_cookie(
        cookie_name(kind),
        token,
        max_age=days * 86400,
        secure=parts().https,
        httponly=True,
        samesite="Lax",
        path="/",
    )


def browser_key() -> str:
    """A secret of this browser, to tie a log-in or a scan ticket to it; made on first use."""
    if "browser" not in g:
        from services.codes import new_token

        g.browser = request.cookies.get(cookie_name("browser")) or new_token()
    return cast(str, g.browser)


def _token(kind: str) -> str:
    if kind in BEARER:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        return token.strip() if scheme.lower() == "bearer" else ""
    return request.cookies.get(cookie_name(kind), "")


def identify(kind: str) -> Who | None:
    """The session of this request, if there is a living one."""
    if "who" not in g:
        token = _token(kind)
        g.who = sessions.authenticate(token=token, kind=kind, at=clock.now()) if token else None
    return cast("Who | None", g.who)


def who() -> Who:
    """The session of this request; only after `need_login`."""
    return cast(Who, g.who)


def bearer() -> str:
    """The token in the Authorization header, "" if there is none."""
    return _token("offline")


def me_id() -> int:
    """The id of the person who asks; only after `need_volunteer`."""
    volunteer_id = who().volunteer_id
    assert volunteer_id is not None
    return volunteer_id


def opened_by_code(kind: str) -> AbstractContextManager[None]:
    """Around what a code opens: wrong ones are counted, by the account of a session of `kind`, else by address."""
    session = identify(kind)
    account = "" if session is None else str(session.identity_id or f"v{session.volunteer_id}")
    return guessing.watched(account=account, address=request.remote_addr or "", door=DOOR[kind], at=clock.now())


def check_origin() -> None:
    """Refuse a write that somebody else's page sent, also where nobody is logged in. Before every view; the API takes
    no cookies, and its callers are no pages of ours.

    Every browser since 2019 names the Origin of a form. Of an older one the Referer tells; one that says nothing at
    all is let in, for so do programs, which carry nobody's cookies.
    """
    if request.method in READS or request.path.startswith("/api/"):
        return
    if request.headers.get("Sec-Fetch-Site") == "cross-site":
        raise Refusal(RefusalCode.NOT_ALLOWED)
    sender = request.headers.get("Origin") or request.headers.get("Referer")
    if sender and not _is_ours(sender):
        raise Refusal(RefusalCode.NOT_ALLOWED)


def _is_ours(address: str) -> bool:
    try:
        found = urlsplit(address)
    except ValueError:
        return False
    hosts = (request.host, urlsplit(parts().public_url).netloc)
    return found.netloc in hosts and found.scheme in (("https",) if parts().https else ("http", "https"))


def check_csrf(session: Who) -> None:
    """Refuse a write without the token that our own page of this session carries."""
    if request.method not in READS and not _carries_token(session):
        raise Refusal(RefusalCode.NOT_ALLOWED)


def _carries_token(session: Who) -> bool:
    sent = request.form.get("csrf") or request.headers.get("X-CSRF-Token", "")
    return hmac.compare_digest(sent.encode("utf-8", "replace"), session.csrf.encode())


def writer() -> Who | None:
    """In whose name a form for everybody is sent: with the token of his session. Without it it is nobody's, as if he
    were not logged in: no foreign page speaks for him, and who logged in meanwhile loses nothing."""
    session = identify("h5")
    return session if session is not None and session.volunteer_id and _carries_token(session) else None


def log_in(kind: str) -> Who:
    """The session of this kind that this request must have, and in whose name a write is done."""
    session = identify(kind)
    if session is None:
        raise Refusal(RefusalCode.LOGIN_REQUIRED)
    if kind not in BEARER:
        check_csrf(session)
    g.actor = session.actor(DOOR[kind])
    return session


def log_in_registered(kind: str) -> None:
    """The same, of a registered person."""
    if log_in(kind).volunteer_id is None:
        raise Refusal(RefusalCode.NOT_REGISTERED)


def _after(enter: Callable[[str], object], kind: str) -> Callable[[F], F]:
    """A view that is come to by `enter`: one function around it, not one for each thing that is asked."""

    def decorate(view: F) -> F:
        @functools.wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            enter(kind)
            return view(*args, **kwargs)

        return cast(F, guarded)

    return decorate


def need_login(kind: str) -> Callable[[F], F]:
    """The view needs a session of this kind: api, h5, console or offline."""
    return _after(log_in, kind)


def need_volunteer(kind: str) -> Callable[[F], F]:
    """The view needs a session of this kind whose owner is registered."""
    return _after(log_in_registered, kind)
