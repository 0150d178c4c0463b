"""Redeeming on two phones of one person at once: one wins; the station's phone reads the code and hands over, once."""

from __future__ import annotations

import io
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Page, expect

from services.accounts import sessions
from tests.browser import people
from tests.services.mall.world import give, offer, open_mall
from tests.support.browser import PHONE, collect_faults, new_context, require_browser
from tests.support.stack import Stack, running
from tests.support.world import World, small_world

pytestmark = pytest.mark.browser


def seed(at: datetime) -> dict[str, str]:
    """A hundred points, a sack of rice for sixty, sessions of the member's two phones and of the officer's."""
    cast: World = small_world(at.replace(second=0, microsecond=0))
    open_mall(at)
    give(cast.xiaobo, 100, at, until="9999-12-31")
    reward = offer(cast, at, from_on=(at - timedelta(days=1)).date().isoformat())

    def phone(person: Any) -> str:
        return sessions.open_session(kind="h5", identity_id=cast.actor(person, "pages").identity_id, at=at).token

    return {
        "one": phone(cast.xiaobo), "two": phone(cast.xiaobo), "station": phone(cast.officer), "reward": reward.code,
    }  # fmt: skip


def opened(house: ExitStack, stack: Stack, who: str, faults: list[list[str]]) -> Page:
    context = house.enter_context(new_context(require_browser(), viewport=PHONE))
    context.add_cookies([{"name": "h5", "value": stack.world[who], "url": stack.app}])
    page = context.new_page()
    faults.append(collect_faults(page))
    return page


def test_two_phones_tap_and_one_sack_is_handed_over(tmp_path: Path) -> None:
    faults: list[list[str]] = []
    with running(tmp_path, seed, lambda _: []) as stack, ExitStack() as house:
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
        code = zxingcpp.read_barcodes(Image.open(io.BytesIO(one.get_by_alt_text("领取码").screenshot())))[0].text
        assert code.startswith(f"{stack.app}/g/g1.")
        station.goto(code)
        expect(station.get_by_text("王小博").first).to_be_visible()
        station.get_by_role("button", name="交给他，记下领走").click()
        expect(station.get_by_text("记下了，已经交给他")).to_be_visible()
        expect(station.get_by_text("不要再发")).to_be_visible()
        one.goto(f"{stack.app}/m/mall/mine")
        expect(one.get_by_text("已领取")).to_be_visible()
    assert [each for found in faults for each in found if "409" not in each] == []  # the second tap's answer
