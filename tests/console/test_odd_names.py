"""Names that are formulas or scripts: a cell of a file stays text, a page shows the words and runs nothing."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime
from html.parser import HTMLParser
from typing import Any

import openpyxl
import pytest

from models import Activity, Team, Volunteer, store
from tests.console.conftest import Desk
from tests.support import world
from tests.support.world import VILLAGE, World

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)
Desks = Callable[..., Desk]
FORMULAS = [
    '=HYPERLINK("http://evil.example","点我")', "+1", "-2", "@SUM(A1)", "\t=1+1", "\r=1+1", "＝1+1",
    "=cmd|' /C calc'!A0", "340102195001011234", "张三😀", "张\x07三",
]  # fmt: skip
SCRIPTS = [
    "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "'onmouseover='alert(1)", "<svg/onload=alert(1)>",
    "{{7*7}}", "</title><script>alert(1)</script>", "javascript:alert(1)", "<!--<script>",
]  # fmt: skip
LISTS = ("volunteers", "teams", "activities", "roster", "regions", "messages")


def name_all(at: datetime, cast: World, odd: list[str]) -> None:
    """People, teams and activities called so."""

    def make() -> None:
        for number, each in enumerate(odd):
            person = world.make_volunteer(at, each, region_code=VILLAGE)
            world.join(at, cast.team, person)
            made, _ = world.make_activity(at, cast.team, title=each, place=each, content=each)
            world.sign_up(at, cast.shift, person)
            team = world.make_team(at, cast.centre, f"{each}服务队{number}", short_name=each)
            assert (made.title, team.short_name) == (each, each)

    store.write(make)


class Looked(HTMLParser):
    """What of a page would run: elements that were not ours."""

    def __init__(self) -> None:
        super().__init__()
        self.bad: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if tag == "script" and not str(said.get("src") or "").startswith("/static/") and "nonce" not in said:
            self.bad.append(self.get_starttag_text() or "")
        if any(name.startswith("on") or str(value).startswith("javascript:") for name, value in said.items()):
            self.bad.append(self.get_starttag_text() or "")


@pytest.fixture
def opened(cast: World, desk: Desks, at: datetime) -> Callable[[list[str], str], dict[str, bytes]]:
    """The lists of the console that an officer sees, by name, with everything called so."""

    def lists(odd: list[str], query: str) -> dict[str, bytes]:
        name_all(at, cast, odd)
        browser, found = desk(cast.officer), {}
        for name in LISTS:
            answer = browser.get(f"/console/{name}{query}")
            if answer.status_code == 200:
                found[name] = answer.data
        return found

    return lists


def test_case_29_exported_names_that_are_formulas_stay_text(
    opened: Any, cast: World, figure: Callable[[str], None]
) -> None:
    files = opened(FORMULAS, "?format=xlsx")
    cells = [
        cell
        for body in files.values()
        if body[:2] == b"PK"
        for row in openpyxl.load_workbook(io.BytesIO(body)).active.iter_rows()  # type: ignore[union-attr]
        for cell in row
    ]
    texts = {str(cell.value) for cell in cells}
    assert {f"{each}服务队{number}" for number, each in enumerate(FORMULAS[:4])} <= texts
    assert [cell.value for cell in cells if cell.data_type == "f"] == []
    figure(f"{len(cells)} cells of {len(files)} files, no formula")


def test_case_29_names_that_are_scripts_are_shown_and_run_nothing(
    opened: Any, cast: World, figure: Callable[[str], None]
) -> None:
    pages, seen = opened(SCRIPTS, ""), 0
    for name, body in pages.items():
        text, looked = body.decode(), Looked()
        looked.feed(text)
        assert looked.bad == [], name
        assert "49服务队" not in text, name  # {{7*7}}
        seen += text.count("&lt;script&gt;alert(1)")
    assert seen > 0
    assert Volunteer.select().count() and Team.select().count() and Activity.select().count()  # noqa: PT018
    figure(f"{seen} scripts shown as words on {len(pages)} pages")
