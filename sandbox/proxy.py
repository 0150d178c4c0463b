"""WeChat's built-in browser: app pages fetched for one phone, with that phone's own cookies and address."""

from __future__ import annotations

import email.utils
import http.client
import re
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from flask import Response, request

from sandbox.platform import cut_connection
from sandbox.world import User, World

AGENT = (
    "Mozilla/5.0 (Linux; Android 14; Phone{n}) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 "
    "Chrome/130.0.0.0 Mobile Safari/537.36 MicroMessenger/8.0.56.2800 NetType/WIFI Language/zh_CN"
)
HOP = {
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "te",
    "trailers",
    "transfer-encoding",
    "upgrade",
}
TEXTS = ("text/html", "text/css", "text/javascript", "application/javascript", "application/json")
TIMEOUT = 30
#: Pages of WeChat's own that every phone has on its host.
OWN_PAGES = ("/connect/oauth2/authorize", "/subscribe-dialog")
TROUBLE = """<!doctype html><html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}</title><body style="font:18px sans-serif;text-align:center;padding:96px 24px;color:#555">
<p style="font-size:22px;color:#111">{title}</p><p>{text}</p></body></html>"""


def address(n: int) -> str:
    """The fake address of a phone, from the range of mobile carriers' NAT."""
    return f"100.64.{n // 250}.{n % 250 + 1}"


def phone_origin(world: World, n: int) -> str:
    return f"http://p{n}.localhost:{urlsplit(world.config.base_url).port or 80}"


def local_path(world: World, url: str) -> str | None:
    """The path under which a phone opens ``url``; None if it is not the app's (or WeChat's own page)."""
    parts = urlsplit(url)
    if not parts.netloc:
        return url if url.startswith("/") and not url.startswith("//") else None
    ours = {urlsplit(world.config.site).netloc, urlsplit(world.config.app_url).netloc}
    host = parts.netloc
    is_phone = re.fullmatch(r"p\d+\.localhost(:\d+)?", host) is not None
    own_page = host == urlsplit(world.config.base_url).netloc and parts.path in OWN_PAGES
    if parts.scheme not in ("http", "https") or not (host in ours or is_phone or own_page):
        return None
    return urlunsplit(("", "", parts.path or "/", parts.query, parts.fragment))


def trouble(title: str, text: str, status: int = 502) -> Response:
    return Response(TROUBLE.format(title=title, text=text), status, mimetype="text/html")


def forward(world: World, user: User) -> Response:
    """Fetch the present request from the app as the phone's browser."""
    if user.airplane:
        if request.headers.get("Sec-Fetch-Dest", "document") not in ("document", "iframe"):
            cut_connection()
        return trouble("网络不给力", "手机处于飞行模式，请检查网络设置")
    target = request.environ.get("REQUEST_URI") or request.full_path.rstrip("?")
    try:
        status, headers, body = _fetch(world, user, target, request.get_data())
    except (OSError, http.client.HTTPException):
        return trouble("无法打开网页", "应用没有回答，请稍后再试")
    for name, value in headers:
        if name.lower() == "set-cookie" and not from_program():
            store_cookie(world, user, value)
    return _rewritten(world, user, status, headers, body)


def _fetch(world: World, user: User, target: str, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
    app = urlsplit(world.config.app_url)
    headers = _request_headers(world, user)
    maker = http.client.HTTPSConnection if app.scheme == "https" else http.client.HTTPConnection
    line = maker(app.hostname or "localhost", app.port, timeout=TIMEOUT)
    try:
        line.putrequest(request.method, target, skip_host=True, skip_accept_encoding=True)
        for name, value in headers:
            line.putheader(name, value.encode("latin-1", "replace"))
        if body or request.method in ("POST", "PUT", "PATCH"):
            line.putheader("Content-Length", str(len(body)))
        line.endheaders(body or None)
        response = line.getresponse()
        return response.status, response.getheaders(), response.read()
    finally:
        line.close()


def from_program() -> bool:
    """Whether the mini-program asks, which has no cookies."""
    return "/_mp/" in request.headers.get("Referer", "")


def _request_headers(world: World, user: User) -> list[tuple[str, str]]:
    site, origin = world.config.site, f"http://{request.host}"
    replaced = {
        "host",
        "cookie",
        "user-agent",
        "accept-encoding",
        "content-length",
        "x-forwarded-for",
        "x-forwarded-proto",
        "forwarded",
        "x-real-ip",
    } | HOP
    found = [
        (name, value.replace(origin, site) if name.lower() in ("origin", "referer") else value)
        for name, value in request.headers
        if name.lower() not in replaced
    ]
    found += [
        ("Host", urlsplit(site).netloc),
        ("User-Agent", AGENT.format(n=user.n)),
        ("Accept-Encoding", "identity"),
        ("X-Forwarded-For", address(user.n)),
        ("X-Forwarded-Proto", urlsplit(site).scheme),
        ("Connection", "close"),
    ]
    if from_program():
        referer = f"https://servicewechat.com/{world.config.mp.appid}/0/page-frame.html"
        return [*((name, value) for name, value in found if name.lower() != "referer"), ("Referer", referer)]
    cookies = cookies_for(world, user, request.path)
    return [*found, ("Cookie", cookies)] if cookies else found


def _rewritten(
    world: World, user: User, status: int, headers: list[tuple[str, str]], body: bytes
) -> Response:
    origin = f"http://{request.host}"
    kept: list[tuple[str, str]] = []
    kind = ""
    for name, value in headers:
        low = name.lower()
        if low in HOP | {"set-cookie", "content-length", "x-frame-options", "strict-transport-security"}:
            continue
        if low == "content-security-policy":
            value = ";".join(
                part for part in value.split(";") if not part.strip().startswith("frame-ancestors")
            )
            if not value.strip():
                continue
        if low == "location":
            path = local_path(world, value)
            value = origin + path if path is not None else value
        if low == "content-type":
            kind = value.split(";")[0].strip().lower()
        kept.append((name, value))
    if kind in TEXTS:
        body = body.replace(world.config.site.encode(), origin.encode())
        for page in OWN_PAGES:
            body = body.replace((world.config.base_url + page).encode(), (origin + page).encode())
    response = Response(body, status)
    response.headers.clear()
    for name, value in kept:
        response.headers.add(name, value)
    if status not in (204, 304) and request.method != "HEAD":
        response.headers["Content-Length"] = str(len(body))
    return response


# cookies -------------------------------------------------------------------------------------------------


def store_cookie(world: World, user: User, line: str) -> None:
    """Keep one Set-Cookie in the phone's jar, which only ever talks to the app."""
    first, *rest = [part.strip() for part in line.split(";")]
    name, mark, value = first.partition("=")
    if not mark or not name:
        return
    given: dict[str, str] = {}
    for part in rest:
        key, _, text = part.partition("=")
        given[key.strip().lower()] = text.strip()
    now, until = world.now(), None
    if "max-age" in given and re.fullmatch(r"-?\d+", given["max-age"]):
        until = now + int(given["max-age"])
    elif "expires" in given:
        until = _moment(given["expires"])
    path = given.get("path") or "/"
    with world.open():
        user.cookies = [item for item in user.cookies if (item["name"], item["path"]) != (name, path)]
        if until is None or until > now:
            user.cookies.append({"name": name, "value": value, "path": path, "until": until})


def _moment(text: str) -> float | None:
    """The unix time of an Expires; None (a session cookie) if it cannot be read."""
    try:
        return email.utils.parsedate_to_datetime(text.replace("-", " ")).timestamp()
    except ValueError:
        return None


def cookies_for(world: World, user: User, path: str) -> str:
    """The Cookie header for a path, longest cookie path first."""
    with world.lock:
        now = world.now()

        def covers(item: dict[str, Any]) -> bool:
            stem = item["path"].rstrip("/")
            return (path == stem or path.startswith(stem + "/")) and (
                item["until"] is None or item["until"] > now
            )

        fitting = sorted(filter(covers, user.cookies), key=lambda item: -len(item["path"]))
        return "; ".join(f"{item['name']}={item['value']}" for item in fitting)
