"""The platform's server API over HTTP: one list of routes, and what happens to every call on its way.

A call passes: scripted fault, token, method, quota, body, endpoint. ``ROUTES`` is exactly what the app's
client calls; a test on the app's side compares.
"""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Flask, Response, request

from sandbox import account, credentials, drafts, mass, menus, messages, registered, tags, tokens
from sandbox.errors import PlatformError
from sandbox.world import World

PAGE_502 = (
    "<html><head><title>502 Bad Gateway</title></head><body><center><h1>502 Bad Gateway</h1></center></html>"
)


@dataclass(frozen=True)
class Endpoint:
    """One API: method, path, what it does; ``sides`` are the accounts whose token it takes ('' = none)."""

    method: str
    path: str
    act: Callable[..., Any]
    sides: str = ""
    plain: bool = False
    """The platform labels this JSON text/plain."""
    raw: bool = False
    """Wants the body as text, before JSON."""
    file: bool = False
    """Takes a form whose file is `media`, and wants that."""


ENDPOINTS = (
    Endpoint("GET", "/cgi-bin/token", credentials.token),
    Endpoint("POST", "/cgi-bin/stable_token", credentials.stable_token),
    Endpoint("GET", "/sns/jscode2session", credentials.jscode2session, plain=True),
    Endpoint("GET", "/sns/oauth2/access_token", credentials.oauth_access_token, plain=True),
    Endpoint("POST", "/wxa/business/getuserphonenumber", credentials.phone_number, "mp"),
    Endpoint("POST", "/cgi-bin/message/subscribe/send", messages.subscribe_send, "mp"),
    Endpoint("POST", "/cgi-bin/message/template/send", messages.template_send, "oa"),
    Endpoint("POST", "/cgi-bin/message/custom/send", messages.custom_send, "oa mp"),
    Endpoint("POST", "/cgi-bin/message/mass/sendall", mass.mass_send_all, "oa"),
    Endpoint("POST", "/cgi-bin/media/uploadimg", drafts.upload_inside, "oa", file=True),
    Endpoint("POST", "/cgi-bin/material/add_material", drafts.add_material, "oa", file=True),
    Endpoint("POST", "/cgi-bin/draft/add", drafts.draft_add, "oa"),
    Endpoint("POST", "/cgi-bin/qrcode/create", account.qrcode_create, "oa"),
    Endpoint("POST", "/wxa/getwxacodeunlimit", account.wxa_code, "mp"),
    Endpoint("POST", "/cgi-bin/menu/create", menus.menu_create, "oa", raw=True),
    Endpoint("GET", "/cgi-bin/menu/get", menus.menu_get, "oa"),
    Endpoint("POST", "/cgi-bin/menu/addconditional", menus.menu_add_conditional, "oa", raw=True),
    Endpoint("POST", "/cgi-bin/menu/delconditional", menus.menu_drop_conditional, "oa"),
    Endpoint("GET", "/cgi-bin/tags/get", tags.tags_get, "oa"),
    Endpoint("POST", "/cgi-bin/tags/create", tags.tags_create, "oa"),
    Endpoint("POST", "/cgi-bin/tags/members/batchtagging", tags.tag_members, "oa"),
    Endpoint("POST", "/cgi-bin/tags/members/batchuntagging", tags.untag_members, "oa"),
    Endpoint("GET", "/cgi-bin/user/info", account.user_info, "oa"),
    Endpoint("GET", "/cgi-bin/user/get", account.user_list, "oa"),
    Endpoint("POST", "/wxa/msg_sec_check", account.text_check, "mp"),
    Endpoint("GET", "/cgi-bin/template/get_all_private_template", registered.official_templates, "oa"),
    Endpoint("GET", "/wxaapi/newtmpl/gettemplate", registered.mini_templates, "mp"),
    Endpoint("POST", "/cgi-bin/wxopen/qrcodejumpget", registered.link_rules, "mp"),
)

#: Everything of WeChat's that this sandbox plays, as (method, path); the last two are pages.
ROUTES: tuple[tuple[str, str], ...] = (
    *((endpoint.method, endpoint.path) for endpoint in ENDPOINTS),
    ("GET", "/cgi-bin/showqrcode"),
    ("GET", "/connect/oauth2/authorize"),
)


def register(app: Flask, world: World) -> None:
    """Put every endpoint on ``app``. Each takes GET and POST, since the wrong method is a 43002, not a 405."""
    for endpoint in ENDPOINTS:
        app.add_url_rule(endpoint.path, endpoint.path, _view(world, endpoint), methods=["GET", "POST"])

    @app.get("/cgi-bin/showqrcode")
    def show_qrcode() -> Response:
        image = account.show_qrcode(world, request.args.get("ticket", ""))
        return Response(image, 200, content_type="image/jpg") if image else Response("", 404)


def _view(world: World, endpoint: Endpoint) -> Callable[[], Response]:
    def view() -> Response:
        fault = next_fault(world, endpoint.path)
        kind = fault.get("kind")
        if fault.get("seconds"):
            time.sleep(float(fault["seconds"]))
        if kind == "cut":
            cut_connection()
        if kind == "html":
            return _record(
                world, endpoint, 0, Response(PAGE_502, int(fault.get("status", 200)), mimetype="text/html")
            )
        code = 0
        try:
            if kind == "errcode":
                raise PlatformError(int(fault["errcode"]), str(fault.get("errmsg", "")))
            answer = _run(world, endpoint)
        except PlatformError as error:
            code, answer = error.errcode, error.body()
        if kind == "cut-after":
            cut_connection()
        return _record(world, endpoint, code, _render(endpoint, answer))

    return view


def _run(world: World, endpoint: Endpoint) -> Any:
    given: list[Any] = [world]
    if endpoint.sides:
        given.append(tokens.check(world, request.args.get("access_token"), endpoint.sides))
    if endpoint.method == "POST" and request.method != "POST":
        raise PlatformError(43002)
    _count(world, endpoint.path)
    return endpoint.act(*given, request.args.to_dict() if endpoint.method == "GET" else _body(endpoint))


def _body(endpoint: Endpoint) -> Any:
    if endpoint.file:
        sent = request.files.get("media")
        return sent.read() if sent else b""
    data = request.get_data()
    if not data:
        raise PlatformError(44002)
    try:
        text = data.decode()
        body = text if endpoint.raw else json.loads(text)
    except ValueError:
        raise PlatformError(47001) from None
    if not endpoint.raw and not isinstance(body, dict):
        raise PlatformError(47001)
    return body


def _count(world: World, path: str) -> None:
    """Use one call of the day's quota; 45009 when it is used up."""
    with world.open() as data:
        today = world.day()
        for key in [key for key in data.used if not key.startswith(today) and " login " not in key]:
            del data.used[key]
        key = f"{today} {path}"
        data.used[key] = data.used.get(key, 0) + 1
        limit = data.quotas.get(path)
        if limit is not None and data.used[key] > limit:
            hint = "please use getStableAccessToken instead" if path == "/cgi-bin/token" else ""
            raise PlatformError(45009, hint)


def _render(endpoint: Endpoint, answer: Any) -> Response:
    if isinstance(answer, tuple):
        return Response(answer[0], 200, content_type=answer[1])
    if "errcode" not in answer and endpoint.sides:
        answer = {"errcode": 0, "errmsg": "ok", **answer}
    kind = "text/plain" if endpoint.plain else "application/json; encoding=utf-8"
    return Response(json.dumps(answer, ensure_ascii=False), 200, content_type=kind)


def _record(world: World, endpoint: Endpoint, code: int, response: Response) -> Response:
    world.log("calls", {"at": world.now(), "path": endpoint.path, "errcode": code})
    return response


def next_fault(world: World, path: str) -> dict[str, Any]:
    """The oldest scripted fault for this path (or ``*``), one use of it spent; empty if none."""
    with world.lock:
        for fault in world.data.faults:
            if fault["api"] in (path, "*"):
                with world.open() as data:
                    fault["times"] -= 1
                    data.faults = [left for left in data.faults if left["times"] > 0]
                    return dict(fault)
    return {}


def cut_connection() -> None:
    """Close the caller's connection without a byte of answer, as a broken line does."""
    line = request.environ.get("werkzeug.socket")
    if line is not None:
        line.shutdown(socket.SHUT_RDWR)
    raise ConnectionResetError("scripted cut")
