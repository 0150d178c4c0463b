"""WeChat's page log-in as one phone plays it: silent snsapi_base for the phone's user (§7.1)."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlencode, urlsplit

from flask import Response, redirect, request

from sandbox import credentials
from sandbox.proxy import local_path, trouble
from sandbox.world import User, World

ORDER = ("appid", "redirect_uri", "response_type", "scope", "state")


def authorize(world: World, user: User) -> Response:
    """GET /connect/oauth2/authorize on a phone's host: back to redirect_uri with code and state."""
    args = request.args
    names = [unquote(part.split("=")[0]) for part in request.query_string.decode("latin-1").split("&")]
    if args.get("appid") != world.config.oa.appid:
        return _error("appid 参数错误", 40013)
    target = args.get("redirect_uri", "")
    if urlsplit(target).netloc not in (urlsplit(world.config.site).netloc, request.host):
        return _error("redirect_uri 域名与后台配置不一致", 10003)
    if args.get("response_type") != "code" or [name for name in names if name in ORDER] != [
        name for name in ORDER if name in names
    ]:
        return _error("response_type 或参数顺序错误", 10004)
    if args.get("scope") != "snsapi_base":
        return _error("Scope 参数错误或没有 Scope 权限", 10005)
    if not re.fullmatch(r"[A-Za-z0-9]{0,128}", args.get("state", "")):
        return _error("state 参数错误", 10004)
    path = local_path(world, target)
    if user.airplane or path is None:
        return trouble("网络不给力", "手机处于飞行模式，请检查网络设置")
    code = credentials.new_code(world, user, "oauth", scope="snsapi_base")
    stem, _, fragment = path.partition("#")
    query = urlencode({"code": code, "state": args.get("state", "")})
    back = (
        f"http://{request.host}{stem}{'&' if '?' in stem else '?'}{query}{'#' + fragment if fragment else ''}"
    )
    answer = redirect(back, 302)
    return Response(answer.get_data(), 302, {"Location": back})


def outside() -> Response:
    """The same address in a browser that is no phone."""
    return trouble("请在微信客户端打开链接", "用模拟手机打开：左边的桌面上选一部手机", 200)


def _error(text: str, code: int) -> Response:
    return trouble(text, f"错误码 {code}", 200)
