"""退订活动提醒, 少发点, 重新打开提醒 in the chat."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from models import MessageChoice, SubscriptionCredit, WechatIdentity, store
from tests.bot.chat import Phone

Of = Callable[[Any], Phone]


def kept() -> tuple[str, int]:
    row = MessageChoice.get_or_none()
    return ("", 0) if row is None else (row.off, row.fewer)


@pytest.mark.parametrize(
    ("words", "off", "fewer"),
    [
        ("退订活动提醒", ",activity,", 0),
        ("退订服务队通知", ",team,", 0),
        ("不要工作提醒", ",work,", 0),
        ("少发点", "", 1),
        ("消息太多", "", 1),
        ("退订", "", 0),
        ("消息设置", "", 0),
    ],
)
def test_words_do_what_they_say(phone: Of, cast: Any, words: str, off: str, fewer: int) -> None:
    phone(cast.xiaobo).says(words)
    assert kept() == (off, fewer)


def test_settings_are_shown_with_a_line_to_tap_for_each(phone: Of, cast: Any) -> None:
    mine = phone(cast.xiaobo)
    answer = mine.says("消息设置")
    assert "活动提醒：发" in answer and "急事和关于您的决定一定发" in answer
    assert "活动提醒以后不发到微信了" in mine.taps("退订活动提醒")
    assert "活动提醒：不发" in mine.says("消息设置")
    assert "活动提醒以后照常发" in mine.taps("打开活动提醒")
    assert "晚上合成一条" in mine.says("少发点")
    mine.says("消息设置")
    assert "照常发给您了" in mine.taps("重新打开提醒")
    assert kept() == ("", 0)


def test_who_turned_the_account_off_in_wechat_is_told_what_to_tap(phone: Of, cast: Any) -> None:
    identity = WechatIdentity.get(WechatIdentity.volunteer == cast.xiaobo, WechatIdentity.kind == "oa")
    store.write(lambda: SubscriptionCredit.create(identity=identity, template="reminder", remaining=0))
    answer = phone(cast.xiaobo).says("消息设置")
    assert "提醒可能发不到您的微信" in answer and "/m/me/messages" in answer


def test_stranger_is_told_how_to_register(wechat: Any) -> None:
    assert "还没有登记" in wechat.phone("nobody").says("退订")
