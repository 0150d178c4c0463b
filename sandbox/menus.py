"""Platform endpoints about the menu under the chat: the default one and those for a tag (§8)."""

from __future__ import annotations

import json
import re
from typing import Any

from sandbox.errors import PlatformError
from sandbox.world import User, World

KEY_TYPES = {
    "click",
    "scancode_push",
    "scancode_waitmsg",
    "pic_sysphoto",
    "pic_photo_or_album",
    "pic_weixin",
    "location_select",
}
TYPES = KEY_TYPES | {"view", "miniprogram", "media_id", "article_id", "article_view_limited"}


def menu_create(world: World, side: str, raw: str) -> dict[str, Any]:
    """POST /cgi-bin/menu/create: raw UTF-8 body, 1–3 buttons of up to 5 sub-buttons."""
    body = _read(raw)
    _checked(body)
    with world.open() as data:
        data.menu, data.menu_id = body, data.menu_id + 1
    return {}


def _checked(body: Any) -> None:
    buttons = body.get("button") if isinstance(body, dict) else None
    if not isinstance(buttons, list) or not 1 <= len(buttons) <= 3:
        raise PlatformError(40016, "invalid button size")
    for button in buttons:
        subs = button.get("sub_button")
        _named(button, 16)
        if subs:
            if len(subs) > 5:
                raise PlatformError(40023, "invalid sub button size")
            for sub in subs:
                _named(sub, 60)
                _typed(sub)
        else:
            _typed(button)


def _named(button: dict[str, Any], limit: int) -> None:
    name = button.get("name")
    if not isinstance(name, str) or not 1 <= len(name.encode()) <= limit:
        raise PlatformError(40018, "invalid button name size")


def _typed(button: dict[str, Any]) -> None:
    kind = button.get("type")
    if kind not in TYPES:
        raise PlatformError(40017, "invalid button type")
    if kind in KEY_TYPES and not 1 <= len(str(button.get("key") or "").encode()) <= 128:
        raise PlatformError(40019, "invalid button key size")
    if kind in ("view", "miniprogram") and not 1 <= len(str(button.get("url") or "").encode()) <= 1024:
        raise PlatformError(40020, "invalid button url size")


def _read(raw: str) -> Any:
    if re.search(r"\\u[0-9a-fA-F]{4}", raw):
        raise PlatformError(40033)
    try:
        return json.loads(raw)
    except ValueError:
        raise PlatformError(47001) from None


def menu_get(world: World, side: str, args: dict[str, Any]) -> dict[str, Any]:
    """GET /cgi-bin/menu/get: what is in place; the tag of a conditional menu is called group_id here."""
    with world.lock:
        if world.data.menu is None:
            raise PlatformError(46003)
        answer: dict[str, Any] = {"menu": {**world.data.menu, "menuid": world.data.menu_id}}
        special = [
            {"button": each["button"], "matchrule": {"group_id": each["tag"]}, "menuid": each["menuid"]}
            for each in reversed(world.data.special_menus)
        ]
    return answer | ({"conditionalmenu": special} if special else {})


def menu_add_conditional(world: World, side: str, raw: str) -> dict[str, Any]:
    """POST /cgi-bin/menu/addconditional: a menu for one tag; it needs a default menu."""
    body = _read(raw)
    _checked(body)
    rule = body.get("matchrule")
    tag = str(rule.get("tag_id") or "") if isinstance(rule, dict) else ""
    with world.open() as data:
        if data.menu is None:
            raise PlatformError(65303)
        if tag not in data.tags:
            raise PlatformError(65320 if isinstance(rule, dict) and not tag else 45159)
        data.menu_id += 1
        data.special_menus.append({"button": body["button"], "tag": int(tag), "menuid": data.menu_id})
        return {"menuid": str(data.menu_id)}


def menu_drop_conditional(world: World, side: str, body: dict[str, Any]) -> dict[str, Any]:
    """POST /cgi-bin/menu/delconditional."""
    with world.open() as data:
        kept = [each for each in data.special_menus if str(each["menuid"]) != str(body.get("menuid"))]
        if len(kept) == len(data.special_menus):
            raise PlatformError(65301)
        data.special_menus = kept
    return {}


def menu_of(world: World, user: User) -> dict[str, Any] | None:
    """What this phone shows under the chat: the newest menu of the tag it got last, else the default one."""
    with world.lock:
        tag = user.tags[-1] if user.tags else None
        mine = [each for each in world.data.special_menus if each["tag"] == tag]
        return {"button": mine[-1]["button"]} if mine else world.data.menu
