"""The mini-program's pages behind our own addresses, where the account may open it (小程序卡片).

deploy/mini_pages.toml is the one table. A link in the chat carries page and address side by side, so that whoever
cannot open the mini-program still gets the page in his browser. Without WECHAT_MP_LINKED there is no page for anything.
"""

from __future__ import annotations

import json
import re
import tomllib
from functools import cache
from html import unescape
from pathlib import Path

from services.parts import Parts

FILE = Path(__file__).parents[1] / "deploy" / "mini_pages.toml"
PROGRAM = Path(__file__).parents[1] / "miniprogram"
_LINK = re.compile(r'<a href="([^"]+)">')


@cache
def table() -> tuple[tuple[re.Pattern[str], str], ...]:
    """(what an address of ours looks like, the page with its {code})."""
    with FILE.open("rb") as handle:
        lines: dict[str, str] = tomllib.load(handle)
    return tuple(
        (re.compile(re.escape(path).replace(r"\{code\}", r"(?P<code>[0-9A-Za-z]+)")), page)
        for path, page in sorted(lines.items(), key=lambda each: (each[0].count("{"), -len(each[0])))
    )


def page_of(*, parts: Parts, url: str) -> str | None:
    """The page of the mini-program for an address of ours (a path, or with PUBLIC_URL); None where there is none, or
    where the account may not open it."""
    return page_behind(url.removeprefix(parts.public_url)) if parts.mp_linked else None


def page_behind(path: str) -> str | None:
    """The page that does the job of a path of ours, for who is in the mini-program already; None where there is none.

    What stands behind a question mark is not understood by the table and leaves the address to the browser.
    """
    for looks, page in table():
        if found := looks.fullmatch(path):
            return page.format(**found.groupdict())
    return None


@cache
def name_of(page: str) -> str:
    """What stands in the bar above a page of the mini-program; "" where it has no name of its own."""
    file = PROGRAM / f"{page.partition('?')[0]}.json"
    return str(json.loads(file.read_text(encoding="utf-8")).get("navigationBarTitleText", "")) if file.exists() else ""


def with_pages(*, parts: Parts, text: str, most: int) -> str:
    """A text of the chat whose links open the mini-program where it has the page; as many as `most` bytes allow."""
    if not parts.mp_linked:
        return text
    room = most - len(text.encode())

    def both(found: re.Match[str]) -> str:
        nonlocal room
        page = page_of(parts=parts, url=unescape(found[1]))
        more = f' data-miniprogram-appid="{parts.mp_appid}" data-miniprogram-path="{page}"' if page else ""
        if not more or len(more.encode()) > room:
            return found[0]
        room -= len(more.encode())
        return f'<a href="{found[1]}"{more}>'

    return _LINK.sub(both, text)
