"""The pictures of the mini-program: every page of app.json in both sizes of text, six on a sheet, with made-up people.

The sheets are for whoever changes a page and for reviewers; what must hold of every page is tests/client/test_pages.py.
"""

from __future__ import annotations

import io
import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw
from playwright.sync_api import Browser

from tests.client import house, runtime
from tests.support.browser import new_context
from tests.support.stack import Stack

#: The phone that shows the pages of a room: a volunteer's, his leader's, one that stands in the self assessment.
HOLDER = {"pages": 2, "leader": 1, "recognition": 2, "joining": 2, "year": 2}
#: Pages that somebody else shows better: nobody yet, whoever assesses himself, whoever judges his colleagues.
OTHERS = {
    "pages/register/register": 9, "pages/recovery/recovery": 9, "year/assessment/assessment": 11, "year/self/self": 11,
    "year/peers/peers": 12,
}  # fmt: skip
ACROSS, SCALE, TITLE = 6, 0.62, 18
Keep = Callable[[str, bytes], None]
Ask = Callable[[str], Any]


def _first(path: str, listed: str, more: str = "", name: str = "code", key: str = "code") -> Callable[[Ask], str]:
    """`?name=key` of the first of a list of the API; nothing where it is empty."""

    def query(ask: Ask) -> str:
        found = ask(path)[listed]
        return f"?{name}={found[0][key]}{more}" if found else ""

    return query


def _led(figure: str, more: Callable[[Ask, str], str] = lambda _ask, _code: "") -> Callable[[Ask], str]:
    """That activity of the leader's in which most people are inside, or unconfirmed."""

    def query(ask: Ask) -> str:
        code = max(ask("/me/leading")["activities"], key=lambda one: one[figure])["code"]
        return f"?code={code}{more(ask, code)}"

    return query


def _shift(ask: Ask, code: str) -> str:
    return f"&shift={ask(f'/activities/{code}')['shifts'][0]['code']}"


#: What a page needs in its address, asked of the API as its holder.
QUERIES: dict[str, Callable[[Ask], str]] = {
    "pages/activity/activity": _first("/activities?limit=1", "activities"),
    "pages/evaluation/evaluation": _first("/activities?limit=1", "activities"),
    "pages/register/register": lambda _: "?next=%2Fpages%2Fme%2Fme",
    **{f"leader/{page}/{page}": _led("inside") for page in ("day", "signups", "finish", "broadcast", "change")},
    **{f"leader/{page}/{page}": _led("inside", _shift) for page in ("stage", "person")},
    "leader/confirm/confirm": _led("unconfirmed"),
    "recognition/objection/objection": _first("/me/records", "records", name="record", key="id"),
    "recognition/certificate/certificate": _first("/me/certificates", "certificates"),
    **{f"recognition/{page}/{page}": _first("/me/benefits", "benefits") for page in ("benefit", "card")},
    "recognition/reward/reward": _first("/rewards", "offers"),
    "year/self/self": _first("/me/assessments", "assessments"),
    "year/rows/rows": _first("/me/assessments", "assessments", "&part=hours"),
}


def _pages() -> dict[str, list[str]]:
    app = json.loads((runtime.ROOT / "miniprogram" / "app.json").read_text(encoding="utf-8"))
    rooms = {"pages": list(app["pages"])}
    for room in app["subPackages"]:
        rooms[room["root"]] = [f"{room['root']}/{page}" for page in room["pages"]]
    return rooms


def _sheets(shots: list[tuple[str, bytes]]) -> Iterator[bytes]:
    """Six pictures beside each other, each under its page's name."""
    for start in range(0, len(shots), ACROSS):
        tiles = [(name, Image.open(io.BytesIO(png)).convert("RGB")) for name, png in shots[start : start + ACROSS]]
        width, height = (round(side * SCALE) for side in tiles[0][1].size)
        sheet = Image.new("RGB", (ACROSS * (width + 8), height + TITLE), "white")
        for place, (name, tile) in enumerate(tiles):
            ImageDraw.Draw(sheet).text((place * (width + 8) + 2, 3), name, fill="black")
            sheet.paste(tile.resize((width, height), Image.Resampling.LANCZOS), (place * (width + 8), TITLE))
        out = io.BytesIO()
        sheet.save(out, "PNG")
        yield out.getvalue()


class _Phones:
    """A phone for each holder, logged in once and kept, as it is in his pocket."""

    def __init__(self, browser: Browser, address: str, stack: Stack, until: ExitStack) -> None:
        self._browser, self._address, self._stack, self._until = browser, address, stack, until
        self._open: dict[int, tuple[runtime.Phone, str]] = {}

    def shot(self, page: str, size: str) -> bytes:
        """A picture of one page in one size of text."""
        number = OTHERS.get(page, HOLDER[page.split("/", 1)[0]])
        if number not in self._open:
            self._open[number] = self._take(number)
        phone, bearer = self._open[number]
        query = QUERIES[page](lambda path: house.api(self._stack, bearer, "GET", path)) if page in QUERIES else ""
        phone.page.evaluate("size => wx.setStorageSync('textsize', size)", size)
        phone.start(f"{page}{query}", keep=True, login=lambda: house.login_code(self._stack, number))
        phone.page.wait_for_load_state("networkidle")
        phone.page.wait_for_timeout(400)
        if phone.errors():
            raise SystemExit(f"{page}: {phone.errors()}")
        return phone.page.screenshot()

    def _take(self, number: int) -> tuple[runtime.Phone, str]:
        taken = new_context(self._browser, viewport=runtime.VIEWPORT, has_touch=True, is_mobile=True)
        context = self._until.enter_context(taken)
        # The house's clock runs ahead; a phone that did not would call its today tomorrow.
        context.clock.set_system_time(self._stack.now())
        phone = house.volunteer(context, self._address, self._stack, number, "pages/home/home")
        return phone, house.token(self._stack, number)


def walk(browser: Browser, stack: Stack, keep: Keep) -> None:
    """Open every page as its holder, in both sizes; a page in which WeChat would refuse something stops the tool."""
    with tempfile.TemporaryDirectory() as folder:
        out = runtime.build(runtime.ROOT / "miniprogram", Path(folder))
        with runtime.served(out, backend=stack.app) as address, ExitStack() as until:
            phones = _Phones(browser, address, stack, until)
            for room, pages in _pages().items():
                for size in ("normal", "large"):
                    shots = [(page, phones.shot(page, size)) for page in pages]
                    for number, sheet in enumerate(_sheets(shots), 1):
                        keep(f"{room}-{number}{'-large' if size == 'large' else ''}", sheet)
