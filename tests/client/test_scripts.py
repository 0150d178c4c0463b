"""The mini-program's pages in a world whose every text is a script: they show the words, and nothing runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Route, expect

from tests.browser.test_scripts import SCRIPTS, WATCH
from tests.client import runtime
from tests.rights.spoiled import spoil
from tests.rights.stage import Stage, standing
from tests.support.browser import new_context, require_browser

pytestmark = [pytest.mark.browser, pytest.mark.case(29)]
#: Pages that show somebody's words to the leader.
PAGES = (
    "pages/home/home", "pages/activities/activities", "pages/me/me", "recognition/mall/mall",
    "recognition/notices/notices", "year/dispatch/dispatch", "leader/teams/teams",
)  # fmt: skip
WITH_CODE = ("pages/activity/activity", "leader/day/day", "leader/signups/signups", "leader/confirm/confirm")


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with standing(tmp_path_factory.mktemp("scripts")) as made:
        spoil(SCRIPTS)
        yield made


@pytest.fixture
def scripted(stage: Stage, built: Path) -> Iterator[tuple[BrowserContext, str]]:
    """A phone whose calls the leader's session answers, in this process."""

    def answer(route: Route) -> None:
        asked = route.request
        if asked.url.endswith("/api/v1/session"):
            token = stage.tokens["leader", "api"][0]
            said = {"token": token, "expires_at": "2030-01-01T00:00:00Z", "registered": True, "name": SCRIPTS[0]}
            route.fulfill(status=201, json=said)
            return
        parts = urlsplit(asked.url)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        body = {} if asked.method == "GET" else {"json": asked.post_data_json or {}}
        found = stage.call("leader", asked.method, path, **body)
        route.fulfill(status=found.status_code, headers=dict(found.headers), body=found.data)

    with runtime.served(built) as address, new_context(require_browser(), **runtime.PHONE) as context:
        context.add_init_script(WATCH)
        context.route("**/api/**", answer)
        yield context, address


def test_case_29_no_script_in_any_text_runs_in_the_mini_program(
    stage: Stage, scripted: tuple[BrowserContext, str], figure: Callable[[str], None]
) -> None:
    context, address = scripted
    phone = runtime.open_phone(context, address, PAGES[0], login=lambda: "code")
    dialogs: list[str] = []
    phone.page.on("dialog", lambda each: (dialogs.append(each.message), each.dismiss()))
    pages = (*PAGES, *(f"{each}?code={stage.activity.code}" for each in WITH_CODE))
    for path in pages:
        phone.open(path)
        expect(phone.shown().last).to_contain_text("hit(1)")
        assert phone.route() == path.partition("?")[0]
    assert (phone.page.evaluate("window.ran.length"), dialogs) == (0, [])
    figure(f"{len(pages)} pages of the mini-program show them, none ran")
