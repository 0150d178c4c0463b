"""我去 and 我不去 to a call in the chat; the leader is led to his page; a drill says so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from models import PersonCall, Signup, store
from tests.bot.chat import Phone
from tests.support.flood import MINUTE, Flood, make_flood
from tests.support.world import World, make_activity, sign_up

Of = Callable[[Any], Phone]


@pytest.fixture
def flood(cast: World, at: datetime) -> Flood:
    return make_flood(cast, at)


def test_member_reads_the_notice_before_his_yes_counts(flood: Flood, phone: Of) -> None:
    code = flood.start(people=6)
    mine = phone(flood.members["城东"][1])
    assert "没有等您答复的调度" in mine.says("调度")  # his leader has not answered
    assert f"/m/dispatch/{code}" in phone(flood.leaders["城东"]).says("我去")
    flood.comes(code, "城东", 3)
    asked = mine.says("我去")
    assert "水深流急" in asked
    assert not Signup.select().where(Signup.volunteer == flood.members["城东"][1]).exists()
    assert "记下了，您去" in (going := mine.says("确认"))
    assert "半小时到" in going
    assert "您大约 09:40 到" in mine.says("大概40分钟能到")
    assert "任务到" in mine.says("9小时到")
    own = PersonCall.get(PersonCall.volunteer == flood.members["城东"][1])
    assert own.there_at == flood.at + 40 * MINUTE
    assert Signup.get(Signup.volunteer == flood.members["城东"][1]).channel == "dispatch"
    assert "您去“" not in mine.says("我去")  # nothing waits for him any more

    other = phone(flood.members["城东"][2])
    assert "去不去" in other.says("调度")
    assert "这次您不去" in (told := other.says("我不去"))
    assert "不能来:在外地" in told
    other.says("不能来:在外地")
    own = PersonCall.get(PersonCall.volunteer == flood.members["城东"][2])
    assert (own.state, own.reason) == ("declined", "在外地")
    assert "没有等您答复的调度" in other.says("半小时到")
    assert "这次您不去" in phone(flood.members["城东"][3]).says("不能来 腿疼")
    assert PersonCall.get(PersonCall.volunteer == flood.members["城东"][3]).reason == "腿疼"


def test_no_to_a_call_leaves_other_sign_ups_alone(flood: Flood, phone: Of, at: datetime) -> None:
    person = flood.members["城东"][1]
    store.write(lambda: sign_up(at, make_activity(at, flood.teams["城东"])[1], person))
    code = flood.start(people=6, drill=True)
    flood.comes(code, "城东", 3)
    mine = phone(person)
    assert "【演练，不是真的】" in mine.says("我会去")
    assert "【演练，不是真的】" in mine.says("我不去")
    assert PersonCall.get(PersonCall.volunteer == person).state == "declined"
    assert Signup.get(Signup.volunteer == person).state == "confirmed"
