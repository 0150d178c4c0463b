"""An officer imports a list with errors, reads what is wrong, corrects it, and applies it; the worker does the work."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.people import wide
from tests.browser.test_story import PHONE, log_in, users
from tests.browser.test_story import seed as story_seed
from tests.services.imports.files import id_number, of_kind
from tests.support.browser import collect_faults, new_context, require_browser
from tests.support.stack import Stack, running
from tests.support.world import COUNTY, VILLAGE, World, grant

pytestmark = pytest.mark.browser


def seed(at: datetime) -> World:
    """The story's world, in which the leader also runs the county's office."""
    world = story_seed(at)
    grant(at, world.ali, "region_admin", region=COUNTY)
    return world


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    with running(tmp_path / "import", seed, users) as house:
        yield house


def upload(desk: Page, stack: Stack, file: Path) -> None:
    desk.goto(f"{stack.app}/console/imports/new?kind=people")
    desk.locator("#file").set_input_files(file)
    desk.locator("#upload").click()


def wait_for(desk: Page, state: str) -> None:
    """The page asks by itself until the worker is done."""
    expect(desk.locator(f'#state[data-state="{state}"]')).to_be_visible(timeout=30_000)


def test_a_list_with_errors_is_corrected_and_applied(stack: Stack, tmp_path: Path) -> None:
    good = {"name": "陈老兵", "document": id_number(1), "identity": "退役军人", "region": VILLAGE}
    bad = {"name": "=1+1", "document": "3.4E+17", "identity": "军属", "region": VILLAGE}
    mended = {"name": "刘新兵", "document": id_number(2), "identity": "军属", "region": VILLAGE}
    first, second, wrong = tmp_path / "一.xlsx", tmp_path / "二.xlsx", tmp_path / "旧.xlsx"
    first.write_bytes(of_kind("people", good, bad))
    second.write_bytes(of_kind("people", good, mended))
    wrong.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 600)
    browser = require_browser()
    with new_context(browser, **PHONE) as one, new_context(browser) as two:
        phone, desk = one.new_page(), two.new_page()
        log_in(desk, phone, stack)
        faults = collect_faults(desk)

        upload(desk, stack, wrong)
        expect(desk.locator("#wrong-file")).to_be_visible()

        upload(desk, stack, first)
        wait_for(desk, "checked")
        expect(desk.locator("tbody tr")).to_have_count(2)
        desk.locator("#f-verdict").select_option("refused")
        expect(desk.locator("tbody tr")).to_have_count(1)
        desk.locator("#drop").click()
        wait_for(desk, "dropped")

        upload(desk, stack, second)
        wait_for(desk, "checked")
        desk.locator("#apply").click()
        wait_for(desk, "applied")
        with desk.expect_download() as report:
            desk.locator("#report").click()
        assert Path(report.value.path()).read_bytes().startswith(b"PK")

        upload(desk, stack, second)
        wait_for(desk, "checked")
        expect(desk.locator("#apply")).to_have_count(0)
        desk.set_viewport_size({"width": 375, "height": 740})
        assert wide(desk) <= 375
        assert faults == []
