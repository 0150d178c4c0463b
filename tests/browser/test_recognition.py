"""What service brings, in browsers: a star from the phone to its award and the benefit it opens, verified by somebody
without an account; redeeming on two phones of one person at once, handed over once by the station's phone."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from typing import Any

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from models import Balance, store
from models.dialect import open_database
from services.accounts import sessions
from services.benefits import offers
from services.benefits.offers import BenefitDraft
from services.stars import awarding
from tests.browser import people
from tests.services.mall.world import give, offer, open_mall
from tests.support.browser import PHONE, collect_faults, new_context, require_browser
from tests.support.stack import Stack, running
from tests.support.world import COUNTY, World, small_world

pytestmark = pytest.mark.browser


def seed(at: datetime) -> dict[str, Any]:
    """A hundred points and a sack of rice for sixty; a neighbour's 110 hours and a bus that takes people with a star
    once a day; sessions of everybody's phones and of the officer's desk."""
    cast: World = small_world(at.replace(second=0, microsecond=0))
    store.write(lambda: Balance.update(minutes=110 * 60).where(Balance.volunteer == cast.chali).execute())
    draft = BenefitDraft(kind="bus", name="免费坐公交", provider="霍邱公交", min_star=1, uses=1, per="day")
    offers.create(actor=cast.actor(cast.officer, "console"), region_code=COUNTY, draft=draft, at=at)
    open_mall(at)
    give(cast.xiaobo, 100, at, until="9999-12-31")
    reward = offer(cast, at, from_on=(at - timedelta(days=1)).date().isoformat())

    def phone(person: Any) -> str:
        return sessions.open_session(kind="h5", identity_id=cast.actor(person, "pages").identity_id, at=at).token

    return {
        "one": phone(cast.xiaobo), "two": phone(cast.xiaobo), "station": phone(cast.officer), "reward": reward.code,
        "neighbour": phone(cast.chali), "desk": people.console_token(cast.officer, at), "over": at + timedelta(days=9),
    }  # fmt: skip


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with running(tmp_path_factory.mktemp("recognition"), seed, lambda _: []) as house:
        yield house


def opened(house: ExitStack, stack: Stack, who: str, faults: list[list[str]]) -> Page:
    context = house.enter_context(new_context(require_browser(), viewport=PHONE))
    if who:
        context.add_cookies([{"name": "h5", "value": stack.world[who], "url": stack.app}])
    page = context.new_page()
    faults.append(collect_faults(page))
    return page


def read(picture: Locator) -> str:
    return str(zxingcpp.read_barcodes(Image.open(io.BytesIO(picture.screenshot())))[0].text)


def award(stack: Stack) -> int:
    """What the worker does on the morning after the public notice."""
    store.bind(open_database(f"sqlite:///{stack.folder / 'story.db'}"))
    try:
        return awarding.award_due(at=stack.world["over"])
    finally:
        store.release()


def test_star_is_asked_for_shown_in_public_awarded_and_opens_a_bus(stack: Stack) -> None:
    faults: list[list[str]] = []
    with ExitStack() as house:
        phone, anybody = (opened(house, stack, who, faults) for who in ("neighbour", ""))
        desk = people.desk(house.enter_context(new_context(require_browser())), stack, stack.world["desk"])
        faults.append(collect_faults(desk))
        phone.goto(f"{stack.app}/m/stars")
        phone.get_by_role("button", name="申请一星").click()
        expect(phone.get_by_text("交上去了")).to_be_visible()
        desk.goto(f"{stack.app}/console/stars")
        desk.get_by_role("button", name="条件都够的，一起同意并公示").click()
        expect(desk.get_by_text("1 颗星同意了，开始公示")).to_be_visible()
        anybody.goto(f"{stack.app}/stars")
        anybody.get_by_text("一星").click()
        expect(anybody.get_by_text("在答复以前，这颗星不会评定")).to_be_visible()
        assert award(stack) == 1
        phone.goto(f"{stack.app}/m/stars")
        expect(phone.get_by_text("一星志愿者")).to_be_visible()
        assert people.wide(phone) <= PHONE["width"]
        phone.get_by_role("link", name="我的礼遇").click()
        phone.get_by_text("免费坐公交").click()
        phone.get_by_role("link", name="出示给商家看").click()
        expect(phone.get_by_text("今天还剩 1 次")).to_be_visible()
        code = read(phone.get_by_alt_text("礼遇码"))
        assert code.startswith(f"{stack.app}/b/b1.")
        anybody.goto(code)
        expect(anybody.get_by_text("有效", exact=True)).to_be_visible()
        assert people.wide(anybody) <= PHONE["width"]
        anybody.get_by_role("button", name="用一次，记下来").click()
        expect(anybody.get_by_text("有效，已记一次")).to_be_visible()
        shown = phone.get_by_alt_text("礼遇码").get_attribute("src") or ""
        phone.get_by_role("link", name="换一个新码").click()
        expect(phone.get_by_alt_text("礼遇码")).not_to_have_attribute("src", shown)
        expect(phone.get_by_text("今天还剩 0 次")).to_be_visible()
        anybody.goto(read(phone.get_by_alt_text("礼遇码")))
        expect(anybody.get_by_text("次数用完了")).to_be_visible()
    assert [each for found in faults for each in found] == []


def test_two_phones_tap_and_one_sack_is_handed_over(stack: Stack) -> None:
    faults: list[list[str]] = []
    with ExitStack() as house:
        one, two, station = (opened(house, stack, who, faults) for who in ("one", "two", "station"))
        for page in (one, two):  # both look before either taps
            page.goto(f"{stack.app}/m/mall")
            page.get_by_text("大米 5 公斤").click()
            expect(page.get_by_role("button", name="用 60 分换")).to_be_visible()
            assert people.wide(page) <= PHONE["width"]
        one.get_by_role("button", name="用 60 分换").click()
        expect(one.get_by_text("换好了")).to_be_visible()
        two.get_by_role("button", name="用 60 分换").click()
        expect(two.get_by_text("积分不够：要 60 分，现在有 40 分")).to_be_visible()
        code = read(one.get_by_alt_text("领取码"))
        assert code.startswith(f"{stack.app}/g/g1.")
        station.goto(code)
        expect(station.get_by_text("王小博").first).to_be_visible()
        station.get_by_role("button", name="交给他，记下领走").click()
        expect(station.get_by_text("记下了，已经交给他")).to_be_visible()
        expect(station.get_by_text("不要再发")).to_be_visible()
        one.goto(f"{stack.app}/m/mall/mine")
        expect(one.get_by_text("已领取")).to_be_visible()
    assert [each for found in faults for each in found if "409" not in each] == []  # the second tap's answer
