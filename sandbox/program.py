"""The mini-program in the phones: whether it is there, what opens it, what it may ask.

Its web page is made by ``tools/mpweb`` (``--program FOLDER``). Where the folder holds no page, a file ``why.txt`` in it
says what is missing.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from sandbox.world import World

#: From where a mini-program is opened (scene values of WeChat).
BY_CODE, BY_MINI_CODE, BY_MENU = 1011, 1047, 1035
MOST_TEMPLATES = 5
NONE = "这里没有装小程序。聊天和网页能办全部的事。"
SOON = "小程序正在准备，请过一会儿再点。"


def folder(world: World) -> Path | None:
    return Path(world.config.program) if world.config.program else None


def ready(world: World) -> bool:
    """Whether a phone can open the program."""
    place = folder(world)
    return place is not None and (place / "index.html").exists()


def why_not(world: World) -> str:
    """One sentence for who taps on it in vain; empty where it is there."""
    place = folder(world)
    if place is None:
        return NONE
    if ready(world):
        return ""
    reason = place / "why.txt"
    return reason.read_text(encoding="utf-8").strip() if reason.exists() else SOON


def by_link(world: World, text: str) -> dict[str, Any] | None:
    """The rule 扫普通链接二维码打开小程序 of the account's console: the page with the whole address as ``q``."""
    address, site = urlsplit(text), urlsplit(world.config.site)
    ours = address.netloc == site.netloc and address.path.startswith(world.config.program_link)
    if not ours or not ready(world) or not world.data.links_open_program:
        return None
    page = f"{world.config.program_page}?q={quote(text, safe='')}&scancode_time={int(world.now())}"
    return {"path": page, "scene": BY_CODE}


def by_mini_code(page: str, scene: str) -> dict[str, Any]:
    """What a mini-program code opens; the scene stands encoded in the query, as in WeChat."""
    return {"path": f"{page}?scene={quote(scene, safe='')}", "scene": BY_MINI_CODE}


def wanted(text: str) -> list[str]:
    """Template ids with commas between them, each once."""
    return list(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))


def problem(world: World, ids: list[str]) -> str:
    """The client errors of wx.requestSubscribeMessage, as a sentence; empty if the dialog may open."""
    found = [world.data.templates.get(item) for item in ids]
    if not ids or any(item is None or item["account"] != "mp" for item in found):
        return "20001：模板 id 不存在"
    if len(ids) > MOST_TEMPLATES:
        return "20003：一次最多 5 个模板"
    if len({bool(item and item.get("long_term")) for item in found}) > 1:
        return "20002：一次性模板和长期模板不能同时申请"
    return ""
