"""What this phone's browser tells and keeps: is it WeChat's, where it wanted to go, the scan it holds.

The scan ticket lives in an HttpOnly cookie of ten minutes beside a mark of the code it came from, so that a page
loaded again, or the way back from the log-in, does not lose the first moment (design §6.2).
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from urllib.parse import quote

from flask import Response, redirect, request, url_for

import clock
from clock import SHANGHAI
from frozen import dataclass
from handlers import parts
from handlers.auth import browser_key, cookie_name
from handlers.pages.format import machine
from handlers.qr import png_uri
from services.codes import token_hash
from services.conversation import account_qr
from services.errors import Refusal, RefusalCode

TICKET_SECONDS = 600
DAYS = 86400
HOME = "/m"
_PATH = re.compile(r"/(?![/\\])[A-Za-z0-9_\-./~]*(\?[A-Za-z0-9_\-./~=&%+]*)?", re.ASCII)


def in_wechat() -> bool:
    """Whether the page is opened by WeChat's built-in browser, where log-in is silent."""
    return "MicroMessenger" in request.headers.get("User-Agent", "")


def safe_next(text: str | None) -> str:
    """The path a link asked to go on to, or home if it leads out of the house or back to the door."""
    path = text or ""
    if len(path) > 300 or not _PATH.fullmatch(path) or path.startswith(("/m/login", "/m/oauth")):
        return HOME
    return path


def go_login(path: str) -> Response:
    """To the log-in, and afterwards to `path`."""
    return redirected(f"{url_for('login.begin')}?next={quote(safe_next(path), safe='/')}")


def redirected(path: str) -> Response:
    """A redirect (303: the next request is a GET) to a path of ours."""
    answer = redirect(path, 303)
    assert isinstance(answer, Response)
    return answer


def put_cookie(response: Response, name: str, value: str, *, seconds: int) -> None:
    """A cookie that scripts cannot read; it comes along when a scanner opens our page."""
    response.set_cookie(
        cookie_name(name),
        value,
        max_age=seconds,
        secure=parts().https,
        httponly=True,
        samesite="Lax",
        path="/",
    )


def drop_cookie(response: Response, name: str) -> None:
    """Forget a cookie."""
    response.delete_cookie(cookie_name(name), path="/", secure=parts().https, httponly=True, samesite="Lax")


def keep_browser(response: Response) -> None:
    """Let this browser be known again: log-ins under way are tied to it."""
    put_cookie(response, "browser", browser_key(), seconds=180 * DAYS)


@dataclass(frozen=True, slots=True)
class HeldScan:
    """The scan this browser holds: the ticket, the mark of its code, the six digits if they were shown."""

    token: str
    mark: str
    digits: str = ""

    def keep(self, response: Response) -> None:
        """Write it into the cookie."""
        put_cookie(response, "ticket", f"{self.token}.{self.mark}.{self.digits}", seconds=TICKET_SECONDS)


def mark_of(code: str) -> str:
    """A short mark by which a code is known again."""
    return token_hash(code)[:16]


def held_scan() -> HeldScan | None:
    """The scan that this browser holds, if any."""
    fields = request.cookies.get(cookie_name("ticket"), "").split(".")
    if len(fields) != 3 or not fields[0] or len(fields[0]) > 64:
        return None
    digits = fields[2] if re.fullmatch(r"\d{6}", fields[2], re.ASCII) else ""
    return HeldScan(fields[0], fields[1], digits)


def prefetching() -> bool:
    """Whether a browser only looks ahead: then nothing may happen."""
    purpose = request.headers.get("Sec-Purpose", "") + request.headers.get("Purpose", "")
    return "prefetch" in purpose or "prerender" in purpose


def account_picture() -> str:
    """The official account's QR code, "" where it cannot be had."""
    url = account_qr.account_url(parts=parts(), at=clock.now())
    return png_uri(url) if url else ""


def device() -> str:
    """The machine and its browser in words, for the one who is asked whether it is his."""
    return machine(request.headers.get("User-Agent", ""))


def field(name: str, limit: int = 100) -> str:
    """What a person typed into a field, trimmed, without NUL, cut at `limit` characters."""
    return request.values.get(name, "").replace("\x00", "").strip()[:limit]


def known_form(code: str, *, limit: int = 200) -> str:
    """A code from an address, if it could be one of ours at all; NOT_FOUND otherwise."""
    if len(code) > limit or not re.fullmatch(r"[A-Za-z0-9_.~-]+", code, re.ASCII):
        raise Refusal(RefusalCode.NOT_FOUND)
    return code


def whole_number(name: str) -> int | None:
    """A whole number of at most four digits in the form; None for nothing, and for what is none."""
    text = field(name, 4)
    return int(text) if text.isascii() and text.isdigit() else None


def clock_near(text: str, near: datetime) -> datetime | None:
    """`23:40` as the moment closest to `near` that a Shanghai clock shows so; None if it is no time."""
    try:
        hour, minute = (int(part) for part in text.split(":")[:2])
        there = near.astimezone(SHANGHAI).replace(hour=hour, minute=minute, second=0, microsecond=0)
    except ValueError:
        return None
    days = (there + timedelta(days=shift) for shift in (-1, 0, 1))
    return min(days, key=lambda each: abs(each - near)).astimezone(clock.UTC)
