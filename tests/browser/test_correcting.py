"""A wrong name and number: said on the phone, compared and put right at the desk, told to the phone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser import people
from tests.services.accounts.test_documents import with_check
from tests.support.browser import PHONE, collect_faults, new_context, require_browser
from tests.support.stack import Stack, running
from tests.support.world import World, small_world

pytestmark = pytest.mark.browser

MEMBER = 2
RIGHT = with_check("34152219600511003")
DESK: Any = {"width": 1920, "height": 1080}


def seed(at: datetime) -> tuple[World, str]:
    cast = small_world(at.replace(second=0, microsecond=0))
    people.phone_of(cast.xiaobo, "oa-member")
    return cast, people.console_token(cast.officer, at)


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    users = lambda _seeded: [people.phone(MEMBER, "王小博", "oa-member")]  # noqa: E731
    with running(tmp_path_factory.mktemp("correcting"), seed, users) as house:
        yield house


def test_wrong_name_and_number_are_put_right_by_the_office(stack: Stack) -> None:
    _cast, token = stack.world
    browser = require_browser()
    with new_context(browser, viewport=PHONE) as one, new_context(browser, viewport=DESK) as two:
        mine, office = one.new_page(), people.desk(two, stack, token)
        faults = collect_faults(mine) + collect_faults(office)
        mine.goto(stack.phone(MEMBER, "/m/me"))
        mine.get_by_role("link", name="登记错了，更正").click()
        mine.get_by_label("新的手机号码").fill("13900005678")
        mine.get_by_role("button", name="改手机号码").click()
        expect(mine.get_by_role("status")).to_contain_text("手机号码改好了")
        mine.get_by_label("正确的姓名").fill("王晓博")
        mine.get_by_label("正确的身份证号码").fill("341522")
        mine.get_by_role("button", name="申请更正").click()
        expect(mine.get_by_role("alert")).to_contain_text("身份证号码")
        expect(mine.get_by_label("正确的姓名")).to_have_value("王晓博")
        mine.get_by_label("正确的身份证号码").fill(RIGHT)
        mine.get_by_role("button", name="申请更正").click()
        expect(mine.get_by_role("status").first).to_contain_text("交上去了")
        assert people.wide(mine) <= 375

        office.goto(f"{stack.app}/console")
        office.get_by_role("link", name="去核对").click()
        office.get_by_role("link", name="王小博").click()
        expect(office.get_by_text(RIGHT)).to_be_visible()
        office.set_viewport_size(PHONE)
        assert people.wide(office) <= 375
        office.set_viewport_size(DESK)
        office.get_by_label("怎么核对的").fill("当面看了身份证")
        office.get_by_role("button", name="核对无误，改过来").click()
        expect(office.get_by_role("link", name="王晓博")).to_be_visible()

        mine.goto(stack.phone(MEMBER, "/m/me/correct"))
        expect(mine.get_by_text("现在是 王晓博")).to_be_visible()
        expect(mine.get_by_text("已更正")).to_be_visible()
        assert faults == []
