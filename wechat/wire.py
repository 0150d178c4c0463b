"""One HTTP exchange with the platform, fenced: limits of time, size and number, and no talkative errors.

Everything that can go wrong is a `WechatFailure`: RETRY if the request cannot have been sent or was
plainly not served, UNKNOWN if it may have been acted on. Addresses hold tokens and secrets, so no
address enters an exception, and the log of the HTTP library is cleaned.
"""

from __future__ import annotations

import json
import logging
import re
import threading
import time
from typing import TYPE_CHECKING, Any

from wechat.errcodes import Kind
from wechat.gateway import WechatFailure

if TYPE_CHECKING:
    import requests

#: Seconds: to connect, between two pieces of an answer, for a whole answer, for a free place.
CONNECT, READ, WHOLE, PLACE = 2.0, 4.0, 6.0, 6.0
#: So many exchanges at once, where nothing else is said; a slow platform must not hold all threads of the house.
AT_ONCE = 4
#: Bytes of an answer; the greatest we ask for is the picture of a code.
MOST = 2 * 1024 * 1024

_SECRETS = re.compile(r"((?:access_token|secret|js_code|code|ticket)=)[^&\s\"']+")


class Wire:
    """Exchanges with one host. The connection is kept and shared between threads."""

    def __init__(self, base: str, *, trust_environment: bool, at_once: int = AT_ONCE) -> None:
        """`base` is scheme and host; `trust_environment` lets proxy settings of the machine count; `at_once`: so many
        exchanges go on side by side.
        """
        self._base = base
        self._trust = trust_environment
        self._at_once = at_once
        self._places = threading.BoundedSemaphore(at_once)
        self._building = threading.Lock()
        self._session: requests.Session | None = None

    def call(self, method: str, path: str, params: dict[str, Any], body: Any = None) -> bytes:
        """The body of a 200 answer; `body` is sent as JSON in raw UTF-8 (menus must not be escaped), bytes as the one
        file of a form (`media`), which the platform takes for a JPEG.
        """
        data, kind = None, None
        if isinstance(body, bytes):
            data, kind = _form_of(body)
        elif body is not None:
            data, kind = json.dumps(body, ensure_ascii=False).encode("utf-8", "replace"), "application/json"
        if not self._places.acquire(timeout=PLACE):
            raise WechatFailure(path, errmsg="too many calls at once", kind=Kind.RETRY)
        try:
            return self._exchange(method, path, params, data, kind)
        finally:
            self._places.release()

    def date(self, path: str) -> str:
        """The Date of an answer, whatever its status: what the other side's clock shows. "" if it tells none."""
        import requests

        try:
            with self._open().get(
                self._base + path, timeout=(CONNECT, READ), allow_redirects=False, stream=True
            ) as answer:
                return answer.headers.get("Date", "")
        except (requests.RequestException, OSError, ValueError) as error:
            failure = _broken(path, error)
        raise failure

    def _exchange(
        self, method: str, path: str, params: dict[str, Any], data: bytes | None, kind: str | None
    ) -> bytes:
        import requests
        import urllib3

        try:
            answer = self._open().request(
                method,
                self._base + path,
                params=params,
                data=data,
                headers={"Content-Type": kind} if kind is not None else None,
                timeout=(CONNECT, READ),
                allow_redirects=False,
                stream=True,
            )
            with answer:
                status = answer.status_code
                if status == 200:
                    return _read(answer, path)
            failure = _not_served(path, status)
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            failure = _broken(path, error)
        # Outside the handler, so that the original, which names the address, is not even its context.
        raise failure

    def _open(self) -> requests.Session:
        with self._building:
            if self._session is None:
                self._session = _new_session(trust=self._trust, at_once=self._at_once)
            return self._session


def _form_of(picture: bytes) -> tuple[bytes, str]:
    """A form with the picture as its one file, and its content type."""
    from urllib3 import encode_multipart_formdata

    return encode_multipart_formdata({"media": ("photo.jpg", picture, "image/jpeg")})


def understood(answer: bytes) -> dict[str, Any] | None:
    """The JSON object in an answer, whatever its content type says; None if there is none."""
    try:
        found = json.loads(answer.decode("utf-8-sig", "ignore"), strict=False)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _new_session(*, trust: bool, at_once: int) -> requests.Session:
    from http.cookiejar import DefaultCookiePolicy

    import requests
    from requests.adapters import HTTPAdapter

    session = requests.Session()
    session.trust_env = trust
    session.headers.update({"Accept-Encoding": "identity", "User-Agent": "hongyao"})
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    for scheme in ("https://", "http://"):
        session.mount(scheme, HTTPAdapter(pool_connections=2, pool_maxsize=at_once, max_retries=0))
    logger = logging.getLogger("urllib3.connectionpool")
    if _without_secrets not in logger.filters:
        logger.addFilter(_without_secrets)
    return session


def _without_secrets(record: logging.LogRecord) -> bool:
    """Takes tokens and secrets out of the addresses in a log line."""
    if isinstance(record.args, tuple):
        record.args = tuple(
            _SECRETS.sub(r"\1***", str(each)) if isinstance(each, str | Exception) else each
            for each in record.args
        )
    return True


def _read(answer: requests.Response, path: str) -> bytes:
    """The body in pieces as they come, within MOST bytes and WHOLE seconds; urllib3 finds one cut off."""
    began, pieces, size = time.monotonic(), [], 0
    while piece := answer.raw.read1(65_536, decode_content=False):
        pieces.append(piece)
        size += len(piece)
        if size > MOST:
            raise WechatFailure(path, errmsg="the answer is too large", kind=Kind.UNKNOWN)
        if time.monotonic() - began > WHOLE:
            raise WechatFailure(path, errmsg="the answer takes too long", kind=Kind.UNKNOWN)
    return b"".join(pieces)


def _not_served(path: str, status: int) -> WechatFailure:
    """Business errors come with 200: another status is from something in between, not the platform."""
    kind = Kind.UNKNOWN if status >= 500 or status < 300 else Kind.RETRY
    return WechatFailure(path, errmsg=f"HTTP status {status}", kind=kind)


def _broken(path: str, error: Exception) -> WechatFailure:
    """The failure for an exchange that broke; only the type of `error` is told, its words name addresses."""
    import requests
    import urllib3

    cause: object = error
    if isinstance(error, requests.ConnectionError) and error.args:
        cause = getattr(error.args[0], "reason", error.args[0])
    unsent = (
        requests.ConnectTimeout,
        requests.exceptions.SSLError,
        requests.exceptions.ProxyError,
        urllib3.exceptions.NewConnectionError,
        urllib3.exceptions.ConnectTimeoutError,
    )
    kind = Kind.RETRY if isinstance(error, unsent) or isinstance(cause, unsent) else Kind.UNKNOWN
    return WechatFailure(path, errmsg=type(cause).__name__, kind=kind)
