"""A list of the console in the browser: what is chosen stands in the address, so that it survives a reload."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import expect

from services.accounts import console_login
from services.recruitment import skills
from tests.browser.test_import import seed as office_seed
from tests.browser.test_story import users
from tests.support.browser import collect_faults, new_context, require_browser
from tests.support.stack import Stack, running

pytestmark = pytest.mark.browser


def seed(at: datetime) -> str:
    """The office's world with two who can do something; a log-in link for the officer."""
    world = office_seed(at)
    skills.set_mine(actor=world.actor(world.xiaobo), codes=["boat"], at=at)
    skills.set_mine(actor=world.actor(world.ali), codes=["boat", "law"], at=at)
    return console_login.grant_link(volunteer_id=world.ali.id, at=at)


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    with running(tmp_path / "lists", seed, lambda _: users(None)) as house:
        yield house


def test_what_is_chosen_stands_in_the_address(stack: Stack) -> None:
    with new_context(require_browser()) as context:
        desk = context.new_page()
        desk.goto(f"{stack.app}/console/once/{stack.world}")
        desk.get_by_role("button").first.click()
        desk.wait_for_url(f"{stack.app}/console")
        faults = collect_faults(desk)
        desk.goto(f"{stack.app}/console/people/skills?skill=boat")
        rows = desk.locator("#list tbody tr")
        expect(rows).to_have_count(2)
        desk.locator("#f-skill").select_option("law")
        expect(rows).to_have_count(1)
        assert "skill=law" in desk.url
        desk.reload()
        expect(rows).to_have_count(1)
        expect(desk.locator("#f-skill")).to_have_value("law")
        desk.go_back()
        expect(rows).to_have_count(2)
        expect(desk.locator("#f-skill")).to_have_value("boat")
        assert (
            desk.evaluate("sessionStorage.getItem('htmx-history-cache')") is None
        )  # no page of people lies about
        assert faults == []
