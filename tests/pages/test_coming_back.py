"""Whoever unfollowed and comes back through a page is asked whether it is he, and goes on where he wanted to go."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from models import WechatIdentity
from services.accounts import following
from tests.pages.conftest import Phone
from tests.support.world import World

Of = Callable[..., Phone]


def left(phone: Of, cast: World, at: datetime) -> tuple[Phone, WechatIdentity]:
    """王小博's browser after his chat left the account, and his openid there."""
    mine = WechatIdentity.get(WechatIdentity.volunteer == cast.xiaobo, WechatIdentity.kind == "oa")
    browser = phone(cast.xiaobo)
    following.unfollowed(appid=mine.appid, openid=mine.openid, event_at=at, at=at)
    return browser, mine


def test_he_is_asked_by_his_masked_name(phone: Of, cast: World, at: datetime) -> None:
    browser, _ = left(phone, cast, at)
    page = browser.get("/m/register?next=/m/hours")
    assert "您是 王*博 吗？" in page.text
    assert 'name="next" value="/m/hours"' in page.text


def test_yes_ties_him_again_and_goes_on(phone: Of, cast: World, at: datetime) -> None:
    browser, mine = left(phone, cast, at)
    answer = browser.post("/m/coming-back", {"answer": "yes", "next": "/m/hours"})
    assert (answer.status_code, answer.location) == (303, "/m/hours")
    assert WechatIdentity.get_by_id(mine.id).volunteer_id == cast.xiaobo.id


def test_no_leads_to_registering_and_forgets_him(phone: Of, cast: World, at: datetime) -> None:
    browser, mine = left(phone, cast, at)
    answer = browser.post("/m/coming-back", {"answer": "no", "next": "/m/hours"})
    assert answer.location == "/m/register?next=/m/hours"
    assert WechatIdentity.get_by_id(mine.id).former_id is None
    assert "您是 王*博 吗？" not in browser.get("/m/register").text


def test_stranger_is_asked_nothing(phone: Of, cast: World) -> None:
    assert "您是" not in phone().get("/m/register").text
