"""The menus under the chat (自定义菜单, 个性化菜单): one for everybody, one for volunteers, one for leaders.

deploy/menu.toml says what is wanted; `compare` says how WeChat differs from it; `push` makes it so. Who sees which is
decided by WeChat's tags, which `tagging` keeps in step with what people are.
"""

from __future__ import annotations

import tomllib
from dataclasses import field
from functools import cache
from pathlib import Path
from typing import Any

from frozen import dataclass
from services import mini_pages
from services.conversation import tagging
from services.parts import Parts

FILE = Path(__file__).parents[2] / "deploy" / "menu.toml"
#: Beside the name, what of a button is ours; WeChat's answers hold more.
_KEPT = ("type", "key", "url", "appid", "pagepath")

Buttons = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Difference:
    """How one menu differs: `audience` (default, volunteer, leader), and what the buttons are and should be, a line
    each; `wanted` is None where the file has no menu for it any more and the one in place is to go.
    """

    audience: str
    before: list[str]
    after: list[str]
    wanted: Buttons | None = field(repr=False, default=None)
    menu_ids: tuple[str, ...] = ()


def wanted(public_url: str, mini_appid: str = "") -> dict[str, Buttons]:
    """The menus of the file by audience, as WeChat wants them: paths become addresses of ours.

    With `mini_appid`, the mini-program that the account may open, a path opens its page where it has one; a phone that
    cannot opens the address.
    """
    return {
        audience: [_button(public_url, mini_appid, each) for each in buttons] for audience, buttons in _file().items()
    }


def _wanted(parts: Parts) -> dict[str, Buttons]:
    return wanted(parts.public_url, parts.mp_appid if parts.mp_linked else "")


@cache
def _file() -> dict[str, Buttons]:
    with FILE.open("rb") as handle:
        return tomllib.load(handle)


def _button(public_url: str, mini_appid: str, entry: dict[str, Any]) -> dict[str, Any]:
    made = {name: value for name, value in entry.items() if name not in ("path", "sub_button")}
    if "path" in entry:
        made["url"] = public_url + entry["path"]
        page = mini_pages.page_behind(entry["path"]) if mini_appid else None
        if page:
            made |= {"type": "miniprogram", "appid": mini_appid, "pagepath": page}
    if "sub_button" in entry:
        made["sub_button"] = [_button(public_url, mini_appid, each) for each in entry["sub_button"]]
    return made


def compare(parts: Parts) -> list[Difference]:
    """How the menus in place differ from the file, the default one first; empty if they do not. Asks WeChat.

    A menu of a tag that is none of ours was made by somebody else and is left alone.
    """
    there, names = parts.gateway.menus(), {number: name for name, number in parts.gateway.tags().items()}
    by_tag: dict[str, list[tuple[str, Buttons]]] = {}
    for menu_id, tag_id, buttons in there.conditional:
        audience = tagging.AUDIENCES.get(names.get(tag_id, ""))
        if audience is not None:
            by_tag.setdefault(audience, []).append((menu_id, buttons))
    found = []
    for audience, buttons in _wanted(parts).items():
        if audience == "default":
            ids: tuple[str, ...] = ()
            before: Buttons = there.default
        else:
            known = by_tag.get(audience, [])
            ids, before = tuple(menu_id for menu_id, _ in known), known[0][1] if known else []
        if _plain(before) != _plain(buttons) or len(ids) > 1:
            found.append(Difference(audience, _lines(before), _lines(buttons), buttons, ids))
    for audience, known in by_tag.items():
        if audience not in _wanted(parts):
            ids = tuple(menu_id for menu_id, _ in known)
            found.append(Difference(audience, _lines(known[0][1]), [], None, ids))
    return found


def push(parts: Parts, differences: list[Difference]) -> None:
    """Put the menus in place. The new one of a tag comes before the old one goes: the newest is shown."""
    tags = tagging.tag_ids(parts)
    for each in differences:
        if each.audience == "default":
            parts.gateway.set_menu({"button": each.wanted})
            continue
        if each.wanted is not None:
            parts.gateway.add_conditional_menu(each.wanted, tag_id=tags[each.audience])
        for menu_id in each.menu_ids:
            parts.gateway.drop_conditional_menu(menu_id)


def _plain(buttons: Buttons) -> Buttons:
    """Buttons without what WeChat adds; a button with others below it has nothing of its own."""
    plain = []
    for each in buttons:
        below = _plain(each.get("sub_button") or [])
        own = {"sub_button": below} if below else {key: str(each[key]) for key in _KEPT if each.get(key)}
        plain.append({"name": each.get("name"), **own})
    return plain


def _lines(buttons: Buttons, indent: str = "") -> list[str]:
    lines = []
    for each in _plain(buttons):
        what = " ".join(str(each[key]) for key in _KEPT if key in each)
        lines.append(f"{indent}{each['name']}  {what}".rstrip())
        lines += _lines(each.get("sub_button", []), indent + "  ")
    return lines
