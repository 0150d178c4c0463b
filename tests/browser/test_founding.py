"""A station officer founds a team for a village that has none; the county reviews it and it stands."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from models import WechatIdentity, store
from services.accounts import sessions
from tests.browser.people import wide
from tests.services.organisation.places import EMPTY2, STANDARD, Places, make
from tests.support.browser import PHONE, collect_faults, new_context, require_browser
from tests.support.stack import Stack, running
from tests.support.world import small_world

pytestmark = pytest.mark.browser


def seed(at: datetime) -> tuple[Places, dict[str, str]]:
    """The village without a team, and one console session each for the station's officer and the county's."""
    places = make(small_world(at.replace(second=0, microsecond=0)), at)
    tokens = {}
    for name, person in (("station", places.station), ("county", places.cast.officer)):
        own = WechatIdentity.get(WechatIdentity.volunteer == person, WechatIdentity.kind == "oa")
        tokens[name] = store.write(
            lambda own=own: sessions.open_session(kind="console", identity_id=own.id, at=at).token
        )
    return places, tokens


def users(_seeded: Any) -> list[dict[str, Any]]:
    return []


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with running(tmp_path_factory.mktemp("founding"), seed, users) as house:
        yield house


def desk(context: BrowserContext, stack: Stack, who: str) -> Page:
    """A page in which this officer is logged in."""
    context.add_cookies([{"name": "console", "value": stack.world[1][who], "url": stack.app}])
    return context.new_page()


def test_station_founds_and_county_reviews(stack: Stack) -> None:
    browser = require_browser()
    with new_context(browser, viewport=PHONE) as one, new_context(browser) as two:
        station, county = desk(one, stack, "station"), desk(two, stack, "county")
        faults = collect_faults(station) + collect_faults(county)

        station.goto(f"{stack.app}/console/manage")
        station.get_by_role("link", name="建队申请").click()
        station.get_by_role("link", name="发起建队").click()
        station.get_by_label("村、社区、乡镇的名字").fill("南河")
        station.get_by_role("button", name="找一找").click()
        station.get_by_role("link", name="南河村").click()
        station.get_by_label("是什么队").select_option(label="走访慰问")
        station.get_by_label("队长").select_option(label="李大柱 六安市霍邱县城关镇南河村")
        station.get_by_label("为什么建").fill("村里有三十位老兵")
        assert wide(station) <= 375
        station.get_by_role("button", name="存成草稿").click()
        expect(station.get_by_role("heading", name=STANDARD)).to_be_visible()
        expect(station.get_by_text("1 人，要求 5 人")).to_be_visible()

        station.get_by_label("条件不够").fill("先搭架子，月底招满")
        station.get_by_role("button", name="交上级审核").click()
        expect(station.get_by_text("已交上去，等上级审核")).to_be_visible()
        expect(station.get_by_role("button", name="同意，正式成立")).to_have_count(0)

        county.goto(f"{stack.app}/console/foundings")
        expect(county.get_by_text("等您审核")).to_be_visible()
        county.get_by_role("link", name=STANDARD).click()
        expect(county.get_by_text("先搭架子，月底招满").first).to_be_visible()
        county.get_by_role("button", name="同意，正式成立").click()
        expect(county.get_by_text("已同意", exact=True).first).to_be_visible()

        station.goto(f"{stack.app}/console/foundings?state=approved")
        station.get_by_role("link", name=STANDARD).click()
        station.get_by_role("link", name="服务队页面").click()
        expect(station.get_by_text("正式", exact=True)).to_be_visible()
        expect(station.get_by_text("先搭架子，月底招满").first).to_be_visible()
        assert faults == []


def test_team_on_trial_becomes_a_regular_one(stack: Stack) -> None:
    browser = require_browser()
    with new_context(browser, viewport=PHONE) as one, new_context(browser, viewport=PHONE) as two:
        station, county = desk(one, stack, "station"), desk(two, stack, "county")
        faults = collect_faults(station) + collect_faults(county)
        station.goto(f"{stack.app}/console/foundings/new?region={EMPTY2}")
        station.get_by_label("是什么队").select_option(label="走访慰问")
        station.get_by_label("想先试点").check()
        station.get_by_role("button", name="存成草稿").click()
        heading = station.get_by_role("heading", level=1)
        expect(heading).to_contain_text("北河村")
        name = heading.inner_text()
        station.get_by_role("button", name="交上级审核").click()
        expect(station.get_by_role("alert").first).to_be_visible()  # short of people: a reason is asked for
        station.get_by_label("条件不够").fill("村里推选")
        station.get_by_role("button", name="交上级审核").click()
        expect(station.get_by_text("已交上去，等上级审核")).to_be_visible()

        county.goto(f"{stack.app}/console/foundings?state=submitted")
        county.get_by_role("link", name=name).click()
        expect(county.get_by_role("button", name="同意试点")).to_be_visible()
        assert wide(county) <= 375
        county.get_by_role("button", name="同意试点").click()
        county.get_by_role("link", name="服务队页面").click()
        expect(county.get_by_text("试点", exact=True)).to_be_visible()
        county.get_by_role("link", name="转正、暂停、撤销").click()
        county.get_by_label("试点小结").first.fill("走访二十户，都满意")
        county.get_by_role("button", name="转为正式").click()
        expect(county.get_by_text("正式", exact=True)).to_be_visible()
        assert faults == []
