"""Both ways into a team on phones of 375 px: somebody applies himself; somebody is recommended and says yes.

Either way the station asks around, examines, and decides.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser import people
from tests.browser.test_story import NEWCOMER, register
from tests.support.browser import PHONE, collect_faults, new_context, require_browser
from tests.support.stack import Stack, running
from tests.support.world import World, small_world

pytestmark = pytest.mark.browser

ASKED = 3


def seed(at: datetime) -> tuple[World, dict[str, str]]:
    """The small world; the stranger has a phone, the officer and the leader sit at their desks."""
    cast = small_world(at.replace(second=0, microsecond=0))
    people.phone_of(cast.chali, "oa-asked")
    return cast, {
        "officer": people.console_token(cast.officer, at),
        "leader": people.console_token(cast.ali, at),
    }


def users(_seeded: Any) -> list[dict[str, Any]]:
    return [
        people.phone(NEWCOMER, "陈新兵", "oa-new", following=False),
        people.phone(ASKED, "赵查理", "oa-asked"),
    ]


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with running(tmp_path_factory.mktemp("recruitment"), seed, users) as house:
        yield house


def vet(office: Page, stack: Stack, name: str) -> None:
    """The officer writes down what people say of him and what the examination found, and takes him in."""
    office.goto(f"{stack.app}/console/applications?state=submitted")
    office.get_by_role("link", name=name).click()
    expect(office.get_by_role("button", name="同意他入队")).to_have_count(0)
    office.get_by_text("记一次口碑").click()
    office.get_by_label("问了谁").fill("同村邻居")
    office.get_by_label("几个人").fill("5")
    office.get_by_role("button", name="记下").first.click()
    expect(office.get_by_text("评价好").first).to_be_visible()
    expect(office.get_by_text("还差：组织考察")).to_be_visible()
    office.get_by_text("记一次考察").click()
    assert people.wide(office) <= 375
    office.locator("form[action$='/examination']").get_by_role("button", name="记下").click()
    expect(office.get_by_text("五项都合格").first).to_be_visible()
    office.get_by_role("button", name="同意他入队").click()
    expect(office.get_by_text("已入队", exact=True)).to_be_visible()


def is_member(phone: Page, stack: Stack, number: int, team: str) -> None:
    """His own pages say so."""
    phone.goto(stack.phone(number, "/m/applications"))
    expect(phone.get_by_text("已入队")).to_be_visible()
    phone.goto(stack.phone(number, "/m/me"))
    expect(phone.get_by_role("link", name=team)).to_be_visible()


def test_newcomer_applies_himself_and_is_taken_in(stack: Stack) -> None:
    browser = require_browser()
    cast, tokens = stack.world
    with new_context(browser, viewport=PHONE) as one, new_context(browser, viewport=PHONE) as two:
        phone, office = one.new_page(), people.desk(two, stack, tokens["officer"])
        faults = collect_faults(phone) + collect_faults(office)
        register(phone, stack)

        phone.goto(stack.phone(NEWCOMER, "/m/skills"))
        for box in phone.locator("input[name=skill]").all()[:2]:
            box.check()
        phone.locator("input[name=domain]").first.check()
        phone.get_by_role("button", name="保存").click()
        expect(phone.get_by_text("记下了")).to_be_visible()
        expect(phone.locator("input[name=skill]:checked")).to_have_count(2)
        assert people.wide(phone) <= 375

        phone.goto(stack.phone(NEWCOMER, f"/m/join/{cast.team.code}"))
        phone.get_by_label("想说的话").fill("会开拖拉机")
        phone.get_by_role("button", name="交申请").click()
        expect(phone.get_by_role("alert")).to_be_visible()
        expect(phone.get_by_label("想说的话")).to_have_value("会开拖拉机")
        phone.locator("input[name=promised]").check()
        phone.get_by_role("button", name="交申请").click()
        expect(phone.get_by_text("交上去了")).to_be_visible()
        assert people.wide(phone) <= 375
        phone.goto(stack.phone(NEWCOMER, "/m/me"))
        expect(phone.get_by_text("还没有加入服务队")).to_be_visible()

        vet(office, stack, "陈新兵")
        expect(office.get_by_text("会开拖拉机").first).to_be_visible()
        is_member(phone, stack, NEWCOMER, cast.team.name)
        assert faults == []


def test_recommended_person_is_asked_before_anything_happens(stack: Stack) -> None:
    browser = require_browser()
    cast, tokens = stack.world
    with (
        new_context(browser, viewport=PHONE) as one,
        new_context(browser, viewport=PHONE) as two,
        new_context(browser) as three,
    ):
        phone, office = one.new_page(), people.desk(two, stack, tokens["officer"])
        leader = people.desk(three, stack, tokens["leader"])
        faults = collect_faults(phone) + collect_faults(office) + collect_faults(leader)
        leader.goto(f"{stack.app}/console/teams/{cast.team.code}/recommend")
        leader.get_by_label("他的志愿者编号").fill("nobody99")
        leader.get_by_label("推荐的话").fill("退伍老兵，热心肠")
        leader.get_by_role("button", name="推荐").click()
        expect(leader.get_by_role("alert").first).to_be_visible()
        expect(leader.get_by_label("推荐的话")).to_have_value("退伍老兵，热心肠")
        leader.get_by_label("他的志愿者编号").fill(cast.chali.public_no)
        leader.get_by_role("button", name="推荐").click()
        expect(leader.get_by_text("等本人回答", exact=True)).to_be_visible()

        # nothing happened: he is in no team, and nobody can decide in his stead
        office.goto(f"{stack.app}/console/applications?state=offered")
        office.get_by_role("link", name="赵查理").click()
        expect(office.get_by_text("记一次口碑")).to_have_count(0)
        expect(office.get_by_role("button", name="同意他入队")).to_have_count(0)
        phone.goto(stack.phone(ASKED, "/m/me"))
        expect(phone.get_by_text("还没有加入服务队")).to_be_visible()

        phone.goto(stack.phone(ASKED, "/m/applications"))
        phone.get_by_role("link", name="等您回答").click()
        expect(phone.get_by_text("李阿丽推荐您加入这支队")).to_be_visible()
        phone.locator("input[name=promised]").check()
        assert people.wide(phone) <= 375
        phone.get_by_role("button", name="我愿意加入").click()
        expect(phone.get_by_text("在等服务站决定")).to_be_visible()

        leader.reload()
        expect(leader.get_by_text("这份申请由服务站决定")).to_be_visible()
        vet(office, stack, "赵查理")
        is_member(phone, stack, ASKED, cast.team.name)
        assert faults == []
