"""Platform endpoints about the account itself: codes, users, text check (§4.4, §5, §8)."""

from __future__ import annotations

import io
import re
import secrets
from typing import Any
from urllib.parse import quote

import qrcode as qr

from sandbox.errors import PlatformError
from sandbox.world import World

SCENE = re.compile(r"[0-9A-Za-z!#$&'()*+,/:;=?@\-._~]{1,32}")


def picture(text: str, kind: str = "JPEG", size: int = 430) -> bytes:
    """A real QR code holding ``text``."""
    image = qr.make(text, border=4).get_image().convert("RGB").resize((size, size), 0)
    out = io.BytesIO()
    image.save(out, kind, quality=95)
    return out.getvalue()


def qrcode_create(world: World, side: str, body: dict[str, Any]) -> dict[str, Any]:
    """POST /cgi-bin/qrcode/create: a parametric code of the official account."""
    action = body.get("action_name")
    if action not in ("QR_SCENE", "QR_STR_SCENE", "QR_LIMIT_SCENE", "QR_LIMIT_STR_SCENE"):
        raise PlatformError(40052)
    info = body.get("action_info")
    scene = info.get("scene") if isinstance(info, dict) else None
    value = scene.get("scene_str" if "STR" in action else "scene_id") if isinstance(scene, dict) else None
    if "STR" in action:
        good = isinstance(value, str) and 1 <= len(value) <= 64
    else:
        top = 100_000 if "LIMIT" in action else 2**32 - 1
        good = isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= top
    life = body.get("expire_seconds", 60)
    if not good or not isinstance(life, int) or not 1 <= life <= 2_592_000:
        raise PlatformError(40053)
    permanent = "LIMIT" in action
    with world.open() as data:
        key, now = "02" + secrets.token_urlsafe(12), world.now()
        ticket = "gQ" + secrets.token_urlsafe(69)
        data.qrcodes[key] = {
            "ticket": ticket,
            "scene": str(value),
            "at": now,
            "until": None if permanent else now + life,
        }
    answer = {"ticket": ticket, "url": f"{world.config.base_url}/weixin/q/{key}"}
    return answer if permanent else {**answer, "expire_seconds": life}


def show_qrcode(world: World, ticket: str) -> bytes | None:
    """The picture of a ticket, None for 404."""
    with world.lock:
        now = world.now()
        for key, code in world.data.qrcodes.items():
            if code["ticket"] == ticket and (code["until"] is None or now <= code["until"]):
                return picture(f"{world.config.base_url}/weixin/q/{key}")
    return None


def wxa_code(world: World, side: str, body: dict[str, Any]) -> tuple[bytes, str]:
    """POST /wxa/getwxacodeunlimit: a plain QR stands for the round code; (bytes, content type)."""
    scene, page = body.get("scene"), body.get("page") or "pages/index/index"
    if not isinstance(scene, str) or not scene:
        raise PlatformError(40129)
    if len(scene) > 32:
        raise PlatformError(40169)
    if not SCENE.fullmatch(scene):
        raise PlatformError(40129)
    if "scancode_time" in scene:
        raise PlatformError(85096)
    released = world.config.mp_pages
    known = not released or page in released or body.get("check_path") is False
    if not isinstance(page, str) or page.startswith("/") or "?" in page or not known:
        raise PlatformError(41030)
    width = body.get("width", 430)
    if not isinstance(width, int) or not 280 <= width <= 1280:
        raise PlatformError(40097)
    text = f"{world.config.base_url}/weixin/wxa?page={quote(page)}&scene={quote(scene, safe='')}"
    with world.open() as data:
        data.seen_codes.append({"text": text, "where": f"小程序码 {scene}", "at": world.now()})
        del data.seen_codes[:-30]
    kind = "PNG" if body.get("is_hyaline") is True else "JPEG"
    return picture(text, kind, width), f"image/{kind.lower()}"


def user_info(world: World, side: str, args: dict[str, Any]) -> dict[str, Any]:
    """GET /cgi-bin/user/info: follow state and unionid; no name, no picture since 2021-12-27."""
    if not args.get("openid"):
        raise PlatformError(41009)
    user = world.by_openid("oa", str(args["openid"]))
    if user is None:
        raise PlatformError(40003)
    if not user.following:
        return {"subscribe": 0, "openid": user.oa_openid}
    union = {"unionid": user.unionid} if world.config.open_platform and user.unionid else {}
    return {
        "subscribe": 1,
        "openid": user.oa_openid,
        "language": "zh_CN",
        "subscribe_time": user.subscribe_time,
        "remark": "",
        "groupid": 0,
        "tagid_list": user.tags,
        "subscribe_scene": user.subscribe_scene,
        "qr_scene": 0,
        "qr_scene_str": user.qr_scene_str,
    } | union


def user_list(world: World, side: str, args: dict[str, Any]) -> dict[str, Any]:
    """GET /cgi-bin/user/get: the followers' openids, 10,000 a page; the last page may come without `data`."""
    with world.lock:
        openids = sorted(user.oa_openid for user in world.data.users.values() if user.following)
    after = str(args.get("next_openid") or "")
    rest = [openid for openid in openids if openid > after]
    page = rest[: world.config.follower_page]
    answer: dict[str, Any] = {
        "total": len(openids),
        "count": len(page),
        "next_openid": page[-1] if page else "",
    }
    return answer | ({"data": {"openid": page}} if page else {})


def text_check(world: World, side: str, body: dict[str, Any]) -> dict[str, Any]:
    """POST /wxa/msg_sec_check v2: read result.suggest; errcode 0 does not mean safe."""
    content = body.get("content")
    if body.get("version") != 2 or body.get("scene") not in (1, 2, 3, 4) or not isinstance(content, str):
        raise PlatformError(40097)
    if not content:
        raise PlatformError(44004)
    if len(content) > 2500:
        raise PlatformError(45002)
    user = world.by_openid("mp", str(body.get("openid")))
    if user is None:
        raise PlatformError(40003)
    if world.now() - user.mp_seen_at > 7200:
        raise PlatformError(61010)
    whole = " ".join(str(body.get(key) or "") for key in ("content", "title", "nickname", "signature"))
    hit = next((word for word in world.config.risky_words if word in whole), None)
    verdict = {"suggest": "risky", "label": 20006} if hit else {"suggest": "pass", "label": 100}
    detail: list[dict[str, Any]] = [{"strategy": "content_model", "errcode": 0, **verdict, "prob": 90}]
    if hit:
        detail.append({"strategy": "keyword", "errcode": 0, **verdict, "keyword": hit, "level": 20})
    return {"trace_id": secrets.token_hex(12), "result": verdict, "detail": detail}
