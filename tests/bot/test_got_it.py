"""知道了 in the chat: he has read where and when it takes place now."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from models import ChangeAck, store
from services.participation import activities
from tests.bot.chat import Phone
from tests.support.world import sign_up

Of = Callable[[Any], Phone]


@pytest.mark.parametrize("words", ["知道了", "收到！", "好的，知道了"])
def test_got_it_acknowledges_what_moved(phone: Of, cast: Any, at: datetime, words: str) -> None:
    store.write(lambda: sign_up(at, cast.shift, cast.xiaobo))
    activities.edit(actor=cast.actor(cast.ali), code=cast.activity.code, changes={"place": "五号闸"}, at=at)
    assert cast.activity.title in phone(cast.xiaobo).says(words)
    assert ChangeAck.select().count() == 1
    assert phone(cast.xiaobo).says(words) == phone(cast.xiaobo).says("谢谢")


def test_stranger_is_answered_politely(phone: Of, wechat: Any) -> None:
    assert wechat.phone("nobody").says("知道了") == wechat.phone("nobody").says("谢谢")
