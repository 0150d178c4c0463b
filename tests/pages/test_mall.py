"""The mall on two phones: the volunteer redeems and shows his code, the station's officer scans it and hands over."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from models import Redemption, Reward, store
from services.mall import handing
from tests.services.mall.world import give, offer, open_mall, sums
from tests.support.fakes import FakeGateway, make_parts
from tests.support.world import World

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)


def test_volunteer_redeems_and_the_officer_scans(cast: World, phone: Callable[..., Any], at: datetime) -> None:
    mine, station, other = phone(cast.xiaobo), phone(cast.officer), phone(cast.chali)
    assert mine.get("/m/mall").status_code == 404  # his division has no mall
    assert "用积分换礼品" not in mine.get("/m/points").text
    open_mall(at)
    give(cast.xiaobo, 100, at)
    reward = offer(cast, at)
    assert "用积分换礼品" in mine.get("/m/points").text
    assert "大米 5 公斤" in mine.get("/m/mall").text
    page = mine.get(f"/m/mall/{reward.code}").text
    form = {name: re.findall(rf'name="{name}" value="([^"]+)"', page)[0] for name in ("price", "key")}
    store.write(lambda: Reward.update(price=70).where(Reward.id == reward.id).execute())
    dear = mine.post(f"/m/mall/{reward.code}", form)
    assert (dear.status_code, sums(cast.xiaobo)) == (409, (100, 100))
    assert "现在要 70 分了" in dear.text
    assert mine.post(f"/m/mall/{reward.code}", {**form, "price": "-5"}).status_code == 409
    for _ in range(2):  # the form sent twice
        went = mine.post(f"/m/mall/{reward.code}", {**form, "price": "70"})
        assert went.status_code == 303
    got = Redemption.get()
    assert (Redemption.select().count(), sums(cast.xiaobo)) == (1, (30, 30))
    shown = mine.get(went.location).text
    assert f"{got.digits[:4]} {got.digits[4:]}" in shown
    assert "data:image/svg+xml" in shown
    path = f"/g/{_code(cast, got)}"
    assert mine.get(path).location == f"/m/mall/mine/{got.code}"
    assert mine.post(path).status_code == 404  # nobody hands over to himself
    assert other.get(path).status_code == 404
    assert "王小博" in station.get(path).text
    assert station.post(path).status_code == 303
    assert Redemption.get().handed_by_id == cast.officer.id
    assert station.post(path).status_code == 409
    assert "已领取" in mine.get("/m/mall/mine").text


def test_given_up_on_the_phone(cast: World, phone: Callable[..., Any], at: datetime) -> None:
    open_mall(at)
    give(cast.xiaobo, 60, at)
    reward = offer(cast, at)
    mine = phone(cast.xiaobo)
    path = mine.post(f"/m/mall/{reward.code}", {"price": "60", "key": "k"}).location.split("?")[0]
    assert mine.post(path).location == "/m/mall/mine?done=cancelled"
    assert mine.post(path).status_code == 409
    assert sums(cast.xiaobo) == (60, 60)
    assert "取消了" in mine.get("/m/mall/mine?done=cancelled").text


def _code(cast: World, got: Redemption) -> str:
    return handing.pick_code(parts=make_parts(FakeGateway()), code=got.code)
