"""消息设置 on one's own phone: what is pushed, and whether a reminder arrives."""

from __future__ import annotations

from typing import Any

import pytest

from models import MessageChoice
from tests.services.messaging.outbox_cases import unfollow
from tests.support.world import sign_up

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)


def test_group_is_turned_off_and_on_with_one_tap(cast: Any, phone: Any) -> None:
    mine = phone(cast.xiaobo)
    text = mine.get("/m/me/messages").text
    assert ("提醒能发到您的微信" in text, text.count("一定发"), text.count(">关掉<")) == (True, 2, 4)
    assert mine.post("/m/me/messages/team", {"on": "no"}).location == "/m/me/messages?done=kept"
    assert MessageChoice.get().off == ",team,"
    text = mine.get("/m/me/messages?done=kept").text
    assert ("改好了" in text, text.count(">打开<")) == (True, 1)
    mine.post("/m/me/messages/team", {"on": "yes"})
    assert MessageChoice.get().off == ""


def test_fewer_messages_and_all_again(cast: Any, phone: Any) -> None:
    mine = phone(cast.xiaobo)
    mine.post("/m/me/messages", {"fewer": "yes"})
    assert "白天只发急事，别的晚上合成一条发给您" in mine.get("/m/me/messages").text
    mine.post("/m/me/messages", {"fewer": "no"})
    assert MessageChoice.get().fewer == 0


def test_safety_has_no_button(cast: Any, phone: Any) -> None:
    assert phone(cast.xiaobo).post("/m/me/messages/safety", {"on": "no"}).status_code == 404


def test_who_cannot_be_reached_sees_what_to_tap(cast: Any, phone: Any, at: Any) -> None:
    mine = phone(cast.xiaobo)
    sign_up(at, cast.shift, cast.xiaobo)
    assert "提醒可能发不到" not in mine.get("/m").text
    unfollow(cast.xiaobo)
    assert "活动提醒可能发不到您的微信" in mine.get("/m").text
    assert "您没有关注公众号" in mine.get("/m/me/messages").text
