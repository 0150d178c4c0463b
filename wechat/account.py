"""Calls in the name of one of our accounts: its token, one repeat at most, and answers read with care.

Tokens come by `stable_token`, never by force; a call that refuses its token is repeated once with a fresh one.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any

from wechat.errcodes import TOKEN_CODES, Kind
from wechat.gateway import WechatFailure
from wechat.tokens import StoredToken, TokenStore, still_good
from wechat.wire import Wire, understood

_IMAGE_STARTS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")
_RID = re.compile(r"\s*rid: ?([0-9a-f-]{8,40})\s*$")


@dataclass(frozen=True)
class Account:
    """One of our two accounts on the platform, as its console names it."""

    appid: str
    secret: str = field(repr=False)


class AccountCalls:
    """Calls in the name of one account. `get` and `post` are what wechatpy's API classes ask for."""

    def __init__(self, account: Account, wire: Wire, store: TokenStore, now: Callable[[], datetime]) -> None:
        self._account, self._wire, self._store, self._now = account, wire, store, now
        self._apis: dict[str, Any] = {}

    def api(self, name: str) -> Any:
        """wechatpy's API class of this name, speaking through this account."""
        if name not in self._apis:
            self._apis[name] = getattr(import_module("wechatpy.client.api"), name)(self)
        return self._apis[name]

    def get(self, url: str, *, params: dict[str, Any] | None = None) -> dict[str, Any]:
        return self._judged("GET", _path(url), params or {}, None)

    def post(self, url: str, *, data: dict[str, Any]) -> dict[str, Any]:
        return self._judged("POST", _path(url), {}, data)

    def upload(self, path: str, picture: bytes, **params: str) -> dict[str, Any]:
        """A call that takes a JPEG."""
        return self._judged("POST", path, dict(params), picture)

    def picture(self, path: str, data: dict[str, Any]) -> bytes:
        """A call that answers with an image, or with JSON when it fails."""
        answer = self._with_token("POST", path, {}, data)
        if not answer.startswith(_IMAGE_STARTS):
            self._judge(path, answer)
            raise missing(path, "image")
        return answer

    def by_secret(self, path: str, **params: str) -> dict[str, Any]:
        """A login call: signed by the secret, needs no access token."""
        params |= {"appid": self._account.appid, "secret": self._account.secret}
        params["grant_type"] = "authorization_code"
        return self._judge_secret(path, self._wire.call("GET", path, params))

    def _judged(self, method: str, path: str, params: dict[str, Any], body: Any) -> dict[str, Any]:
        return self._judge(path, self._with_token(method, path, params, body))

    def _with_token(self, method: str, path: str, params: dict[str, Any], body: Any) -> bytes:
        """The answer to a call; when it refuses the token, a refresh and one more try."""
        token = self.token()
        answer = self._wire.call(method, path, params | {"access_token": token}, body)
        if _errcode(answer) in TOKEN_CODES:
            token = self._store.refresh(self._account.appid, failed=token, fetch=self._fetch).value
            answer = self._wire.call(method, path, params | {"access_token": token}, body)
        return answer

    def token(self) -> str:
        """The stored access token, or a fresh one where it has too little life left."""
        stored = self._store.get(self._account.appid)
        if stored is None or not still_good(stored, failed=None, at=self._now()):
            stored = self._store.refresh(self._account.appid, failed=None, fetch=self._fetch)
        return stored.value

    def _fetch(self) -> StoredToken:
        path = "/cgi-bin/stable_token"
        body = {
            "grant_type": "client_credential",
            "appid": self._account.appid,
            "secret": self._account.secret,
            "force_refresh": False,
        }
        asked_at = self._now()
        found = self._judge_secret(path, self._wire.call("POST", path, {}, body))
        seconds = as_number(found.get("expires_in"))
        if seconds is None:
            raise missing(path, "expires_in")
        # More than a day would be a broken answer that we would believe for ever.
        life = timedelta(seconds=max(0, min(seconds, 86_400)))
        return StoredToken(need(found, "access_token", path), asked_at + life)

    def _judge_secret(self, path: str, answer: bytes) -> dict[str, Any]:
        """As `_judge`, where a refused credential can only be our secret."""
        try:
            return self._judge(path, answer)
        except WechatFailure as failure:
            if failure.kind is not Kind.TOKEN:
                raise
            errcode, errmsg, rid = failure.errcode, failure.errmsg, failure.rid
        raise WechatFailure(path, errcode, errmsg, Kind.CONFIGURATION, rid)

    def _judge(self, path: str, answer: bytes) -> dict[str, Any]:
        found = understood(answer)
        if found is None:
            raise WechatFailure(path, errmsg="the answer is not JSON", kind=Kind.UNKNOWN)
        code = as_number(found.get("errcode", found.get("errno", 0)))
        if code is None:
            raise WechatFailure(path, errmsg="the errcode is not a number", kind=Kind.UNKNOWN)
        if code:
            words = self._clean(as_text(found.get("errmsg")))
            rid = _RID.search(words)
            raise WechatFailure(path, code, _RID.sub("", words), rid=rid.group(1) if rid else "")
        return found

    def _clean(self, words: str) -> str:
        """The platform's words for a log: printable, short, without what must stay secret."""
        stored = self._store.get(self._account.appid)
        for secret in (self._account.secret, stored.value if stored else ""):
            if secret:
                words = words.replace(secret, "***")
        return "".join(each for each in words if each.isprintable())[:300]


def _path(url: str) -> str:
    """wechatpy's endpoints are relative to /cgi-bin/, ours are absolute paths."""
    return url if url.startswith("/") else f"/cgi-bin/{url}"


def _errcode(answer: bytes) -> int | None:
    found = None if answer.startswith(_IMAGE_STARTS) else understood(answer)
    return as_number(found.get("errcode")) if found else None


def need(found: dict[str, Any], name: str, api: str) -> str:
    value = as_text(found.get(name))
    if not value:
        raise missing(api, name)
    return value


def missing(api: str, name: str) -> WechatFailure:
    return WechatFailure(api, errmsg=f"the answer has no {name}", kind=Kind.UNKNOWN)


def perhaps(found: dict[str, Any], name: str) -> str | None:
    return as_text(found.get(name)) or None


def as_text(value: object) -> str:
    """A string or whole number as text, anything else as ""."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) else ""


def as_number(value: object) -> int | None:
    """A whole number, also one written as text; else None."""
    if isinstance(value, int):
        return int(value)
    if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,12}", value, re.ASCII):
        return int(value)
    return None
