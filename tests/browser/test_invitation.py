"""Someone without any account is entered by his leader, scans the account's code, and says yes in the chat."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.test_story import (
    NEWCOMER,
    NUMBER,
    PHONE,
    check_character,
    log_in,
    on_screen,
    say,
    seed,
    users,
)
from tests.support.browser import new_context, require_browser
from tests.support.stack import Stack, running

pytestmark = pytest.mark.browser


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    with running(tmp_path / "invitation", seed, users) as house:
        yield house


def test_person_entered_by_his_leader_is_bound_by_one_word(stack: Stack) -> None:
    browser = require_browser()
    with (
        new_context(browser, **PHONE) as one,
        new_context(browser, **PHONE) as two,
        new_context(browser) as three,
    ):
        leader, newcomer, desk = one.new_page(), two.new_page(), three.new_page()
        log_in(desk, leader, stack)
        desk.goto(f"{stack.app}/console/people/new")
        desk.get_by_label("姓名").fill("陈新兵")
        desk.get_by_label("身份证号").fill(NUMBER + check_character(NUMBER))
        desk.get_by_label("手机").fill("13800000002")
        desk.get_by_label("身份", exact=True).select_option("veteran")
        desk.locator("form button.btn-main").click()
        desk.locator("img").first.wait_for()

        stack.control("POST", f"users/{NEWCOMER}/scan", text=on_screen(desk), wait=True)
        newcomer.goto(stack.phone(NEWCOMER, "/#chat"))
        bubbles = newcomer.locator('[data-testid="bubble"][data-side="them"][data-kind="text"]')
        expect(bubbles.filter(has_text="陈").first).to_be_visible()
        assert "陈新兵" not in bubbles.last.inner_text()
        say(newcomer, stack, NEWCOMER, "是我")
        assert "累计" in say(newcomer, stack, NEWCOMER, "时长")
