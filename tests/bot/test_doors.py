"""我的消息, 工作台, 退队: the chat knows the words that our own messages use, and opens the page."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.bot.chat import Phone, WeChat
from tests.support.world import World

Of = Callable[[Any], Phone]


def pages(person: Phone) -> list[str]:
    """The pages that the last answer leads to."""
    return re.findall(r'href="https?://[^/"]+(/[^"]*)"', person.last.text)


@pytest.mark.parametrize(
    ("words", "path"), [("我的消息", "/m/inbox"), ("我要退队", "/m/me"), ("换个队", "/m/me")]
)
def test_member_is_led_to_his_page(phone: Of, cast: World, words: str, path: str) -> None:
    person = phone(cast.xiaobo)
    person.says(words)
    assert pages(person) == [path]


def test_anybody_is_told_how_a_certificate_is_proved(phone: Of, wechat: WeChat, cast: World) -> None:
    for person in (phone(cast.xiaobo), wechat.phone("oa-nobody")):
        assert "把纸上的查验码填进去" in person.says("查证明真假")
        assert pages(person) == ["/v"]


def test_leader_is_led_to_the_console_and_a_member_is_not(phone: Of, cast: World) -> None:
    leader, member = phone(cast.ali), phone(cast.xiaobo)
    assert leader.says("怎么登录电脑").startswith("工作台在这里：")
    assert pages(leader) == ["/console"]
    assert member.says("工作台").startswith("工作台是队长和服务站用的。")
    assert pages(member) == []


@pytest.mark.parametrize("words", ["我的消息", "退队"])
def test_stranger_is_told_how_to_register(wechat: WeChat, cast: World, words: str) -> None:
    assert wechat.phone("oa-nobody").says(words).startswith("您还没有登记为志愿者。")
