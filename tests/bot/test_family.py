"""The family, or a neighbour, writes: that somebody has died, or to ask for him."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from models import Centre, DeathReport, store
from tests.bot.chat import Phone, WeChat
from tests.support.world import World

Of = Callable[[Any], Phone]


@pytest.mark.parametrize("words", ["去世", "我父亲上个月去世了", "老王过世了", "人不在了"])
def test_family_is_told_whom_to_telephone_and_nothing_is_reported(phone: Of, cast: World, words: str) -> None:
    answer = phone(cast.xiaobo).says(words)
    assert answer.startswith("请节哀。请打电话告诉霍邱县退役军人服务中心：0564-6000000，")
    assert DeathReport.select().count() == 0


def test_where_nobody_answers_the_telephone_leader_or_station_is_named(
    phone: Of, wechat: WeChat, cast: World
) -> None:
    assert wechat.phone("o-new").says("去世").startswith("请节哀。请告诉队长或退役军人服务站")
    store.write(lambda: Centre.update(phone="").execute())
    assert phone(cast.xiaobo).says("去世").startswith("请节哀。请告诉队长或退役军人服务站")


def test_who_asks_for_another_is_told_how_that_one_gets_it_and_nothing_of_him(
    phone: Of, wechat: WeChat, cast: World
) -> None:
    answer = phone(cast.xiaobo).says("帮我爸查一下时长")
    assert answer.startswith("各人的时长、积分只给本人看")
    assert "请队长代办，或打电话给霍邱县退役军人服务中心：0564-6000000。" in answer
    assert "“代办”" in phone(cast.ali).says("替队里老韩签个到")
    assert wechat.phone("o-new").says("给我妈报个名").startswith("各人的时长、积分只给本人看")
