"""兑换 in the chat: the list, a number, the question, 确认, the digits; a price that changed is told and asked again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from models import Redemption, Reward, store
from tests.bot.chat import Phone
from tests.services.mall.world import give, offer, open_mall, sums
from tests.support.world import World

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)
Of = Callable[[Any], Phone]


def test_redeemed_by_a_number_and_a_yes(cast: World, phone: Of, at: datetime) -> None:
    mine = phone(cast.xiaobo)
    assert "还没有开通积分兑换" in mine.says("兑换")
    open_mall(at)
    give(cast.xiaobo, 100, at)
    assert "现在没有可以换的东西" in mine.says("兑换")
    rice = offer(cast, at)
    offer(cast, at, title="电饭锅", price=500)
    shown = mine.says("兑换")
    assert "1. 大米 5 公斤　60 分" in shown
    assert "2. 电饭锅　500 分（还差 400 分）" in shown
    assert "积分不够" in mine.says("2")
    mine.says("兑换")
    asked = mine.says("1")
    assert "换好还剩 40 分" in asked
    assert "不能换现金" in asked
    store.write(lambda: Reward.update(price=70).where(Reward.id == rice.id).execute())
    again = mine.says("确认")
    assert "现在要 70 分了" in again
    assert sums(cast.xiaobo) == (100, 100)
    done = mine.says("确认")
    got = Redemption.get()
    assert f"领取码：{got.digits[:4]} {got.digits[4:]}" in done
    assert (got.price, got.door, sums(cast.xiaobo)) == (70, "bot", (30, 30))
    mine.says("确认")
    assert Redemption.select().count() == 1
    assert got.digits[:4] in mine.says("我的兑换")


def test_no_leaves_everything_as_it_was(cast: World, phone: Of, at: datetime) -> None:
    open_mall(at)
    give(cast.xiaobo, 100, at)
    offer(cast, at)
    mine = phone(cast.xiaobo)
    mine.says("兑换")
    mine.says("1")
    mine.says("算了")
    assert (Redemption.select().count(), sums(cast.xiaobo)) == (0, (100, 100))
