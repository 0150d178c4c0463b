"""A list of people with every mistake that people make: a line for each, the good rows taken, nothing half-taken."""

from __future__ import annotations

import io
import sqlite3
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from playwright.sync_api import expect

from services.imports import cells
from tests.browser import people
from tests.browser.test_import import upload, wait_for
from tests.services.imports.files import id_number, sheet
from tests.support.browser import collect_faults, new_context, require_browser
from tests.support.stack import Stack, running
from tests.support.world import VILLAGE, World, small_world

pytestmark = pytest.mark.browser

LONG_NAME = "阿不都热合曼·买买提伊明·吐尔逊古丽江"
TEAM = "东湖社区退役军人“红耀江淮”志愿服务队"
LINK = '=HYPERLINK("http://x.example","奖金")'
SCRIPT = "<script>alert(1)</script>"
FULL_WIDTH = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")


def row(n: int, **more: Any) -> dict[str, Any]:
    return {
        "name": "陈老兵", "document": id_number(n), "identity": "退役军人", "region": VILLAGE, "team": TEAM,
        "joined_on": "2023-05-01", **more,
    }  # fmt: skip


ROWS = [
    row(1),
    row(2, name="刘新兵", document=id_number(2).translate(FULL_WIDTH), phone="１３８００００００７７"),
    row(12, name=LONG_NAME),
    row(3, name="=1+1"),
    row(4, document=id_number(4)[:17] + ("1" if id_number(4)[17] != "1" else "2")),
    row(1, name="陈老兵"),
    row(6, name=LINK),
    row(7, name=SCRIPT),
    row(8, joined_on="=TODAY()"),
    row(9, document="340000600501123"),
    row(11, team="没有的队"),
]


def book() -> bytes:
    """The file; one name that begins with = is a text, not a formula, as a careless export writes it."""
    columns = cells.columns("people")

    def as_text(page: Any) -> None:
        place = [column.key for column in columns].index("name") + 1
        page.cell(row=8, column=place).data_type = "s"

    values = [[each.get(column.key, "") for column in columns] for each in ROWS]
    return sheet([column.heading for column in columns], *values, change=as_text)


def seed(at: datetime) -> tuple[World, str]:
    cast = small_world(at.replace(second=0, microsecond=0))
    return cast, people.console_token(cast.officer, at)


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    with running(tmp_path / "errors", seed, lambda _: []) as house:
        yield house


def known(stack: Stack) -> list[tuple[str, int]]:
    """(name, running memberships) of everybody who came by Excel."""
    with sqlite3.connect(f"file:{stack.folder / 'story.db'}?mode=ro", uri=True) as database:
        found = database.execute(
            "SELECT name, (SELECT count(*) FROM team_member WHERE volunteer_id = volunteer.id)"
            " FROM volunteer WHERE state = 'invited' ORDER BY id"
        )
        return [(str(name), int(teams)) for name, teams in found]


def test_each_line_is_told_and_only_the_good_ones_are_taken(stack: Stack, tmp_path: Path) -> None:
    file = tmp_path / "名单.xlsx"
    file.write_bytes(book())
    browser = require_browser()
    with new_context(browser) as context:
        office = people.desk(context, stack, stack.world[1])
        faults = collect_faults(office)
        office.on("dialog", lambda dialog: (faults.append(dialog.message), dialog.dismiss()))
        upload(office, stack, file)
        wait_for(office, "checked")
        assert known(stack) == []  # a dry run
        expect(office.locator("tbody tr")).to_have_count(len(ROWS))
        office.screenshot(path=str(tmp_path / "checked.png"), full_page=True)
        office.locator("#f-verdict").select_option("refused")
        expect(office.locator("tbody tr")).to_have_count(len(ROWS) - 3)
        assert "undefined" not in office.locator("tbody").inner_text()

        office.locator("#apply").click()
        wait_for(office, "applied")
        assert known(stack) == [("陈老兵", 1), ("刘新兵", 1), (LONG_NAME, 1)]
        with office.expect_download() as download:
            office.locator("#report").click()
        report = openpyxl.load_workbook(io.BytesIO(Path(download.value.path()).read_bytes())).active
        assert report is not None
        lines = list(report.iter_rows(values_only=False))
        assert [cell.coordinate for line in lines for cell in line if cell.data_type == "f"] == []
        assert [cell.coordinate for line in lines for cell in line if cell.hyperlink] == []
        assert len(lines) == len(ROWS) + 1
        assert all(any(str(cell.value or "").strip() for cell in line[1:]) for line in lines)

        office.set_viewport_size({"width": 375, "height": 740})
        assert people.wide(office) <= 375
        office.goto(f"{stack.app}/console/people")
        expect(office.get_by_role("link", name=LONG_NAME)).to_be_visible()
        assert people.wide(office) <= 375
        assert SCRIPT not in office.content()
        assert faults == []
