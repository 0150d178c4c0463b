"""Platform endpoints that give out credentials: tokens, log-in, phone number, OAuth code (§3.1, §4, §7.1)."""

from __future__ import annotations

import base64
import secrets
from typing import Any

from sandbox import tokens
from sandbox.errors import PlatformError
from sandbox.world import User, World

CODE_LIFE = 300
LOGINS_A_MINUTE = 100


def _account(world: World, given: dict[str, Any], grant: str, sides: tuple[str, ...] = ("oa", "mp")) -> str:
    """The account whose appid and secret were sent, checked in the platform's order."""
    if not given.get("appid"):
        raise PlatformError(41002)
    side = next((side for side in sides if world.account(side).appid == given["appid"]), "")
    if not side:
        raise PlatformError(40013)
    if not given.get("secret"):
        raise PlatformError(41004)
    if world.account(side).secret != given["secret"]:
        raise PlatformError(40125)
    if given.get("grant_type") != grant:
        raise PlatformError(40002)
    return side


def token(world: World, args: dict[str, Any]) -> dict[str, Any]:
    """GET /cgi-bin/token: every call a new token."""
    return tokens.issue(world, _account(world, args, "client_credential"), "plain")


def stable_token(world: World, body: dict[str, Any]) -> dict[str, Any]:
    """POST /cgi-bin/stable_token: the same token while it is valid."""
    return tokens.stable(world, _account(world, body, "client_credential"), body.get("force_refresh") is True)


def new_code(world: World, user: User, kind: str, **more: Any) -> str:
    """A single-use code of five minutes: kind ``login``, ``phone`` or ``oauth``."""
    with world.open() as data:
        now = world.now()
        for text in [text for text, code in data.codes.items() if code["until"] < now - 86400]:
            del data.codes[text]
        text = "0" + secrets.token_urlsafe(23)
        data.codes[text] = {"kind": kind, "n": user.n, "until": now + CODE_LIFE, "used": False, **more}
        if kind in ("login", "phone"):
            user.mp_seen_at = now
        return text


def _use(world: World, text: Any, kind: str) -> tuple[User, dict[str, Any]]:
    if not text:
        raise PlatformError(41008)
    with world.open() as data:
        code = data.codes.get(str(text))
        user = world.user(code["n"]) if code else None
        if code is None or user is None or code["kind"] != kind or world.now() > code["until"]:
            raise PlatformError(40029)
        if code["used"]:
            raise PlatformError(40163)
        code["used"] = True
        return user, code


def jscode2session(world: World, args: dict[str, Any]) -> dict[str, Any]:
    """GET /sns/jscode2session: log-in code → openid, session_key (, unionid)."""
    _account(world, args, "authorization_code", ("mp",))
    user, _ = _use(world, args.get("js_code"), "login")
    if user.high_risk:
        raise PlatformError(40226)
    with world.open() as data:
        this = f"{int(world.now() // 60)} login "
        for old in [key for key in data.used if " login " in key and not key.startswith(this)]:
            del data.used[old]
        minute = f"{this}{user.n}"
        data.used[minute] = data.used.get(minute, 0) + 1
        if data.used[minute] > LOGINS_A_MINUTE:
            raise PlatformError(45011)
    answer = {"session_key": base64.b64encode(secrets.token_bytes(16)).decode(), "openid": user.mp_openid}
    return answer | _unionid(world, user)


def _unionid(world: World, user: User) -> dict[str, str]:
    return {"unionid": user.unionid} if world.config.open_platform and user.unionid else {}


def phone_number(world: World, side: str, body: dict[str, Any]) -> dict[str, Any]:
    """POST /wxa/business/getuserphonenumber: phone code → number; a given openid must be its owner."""
    user, _ = _use(world, body.get("code"), "phone")
    if body.get("openid") and body["openid"] != user.mp_openid:
        raise PlatformError(40003)
    watermark = {"timestamp": int(world.now()), "appid": world.account(side).appid}
    return {
        "phone_info": {
            "phoneNumber": user.phone,
            "purePhoneNumber": user.phone,
            "countryCode": "86",
            "watermark": watermark,
        }
    }


def oauth_access_token(world: World, args: dict[str, Any]) -> dict[str, Any]:
    """GET /sns/oauth2/access_token: page code → openid (snsapi_base: no unionid)."""
    _account(world, args, "authorization_code", ("oa",))
    user, code = _use(world, args.get("code"), "oauth")
    return {
        "access_token": secrets.token_urlsafe(80),
        "expires_in": 7200,
        "refresh_token": secrets.token_urlsafe(80),
        "openid": user.oa_openid,
        "scope": code["scope"],
    }
