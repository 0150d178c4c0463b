"""Somebody is in danger and writes to a machine."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.bot.chat import Phone, WeChat
from tests.support.world import World

Of = Callable[[Any], Phone]


@pytest.mark.parametrize(
    "words", ["救命", "我摔倒了起不来", "大堤漏水了快来人", "我不想活了", "老伴走了以后我一个人，" * 8 + "真的活不下去了"]
)
def test_danger_gets_the_numbers_to_call_before_anything_else(phone: Of, wechat: WeChat, cast: World, words: str) -> None:
    for person in (phone(cast.xiaobo), wechat.phone("o-new")):
        answer = person.says(words)
        assert all(number in answer for number in ("120", "110", "119", "12356"))
        assert answer.startswith("我是自动回复，救急要靠电话")


@pytest.mark.parametrize("words", ["昨天摔倒了 这回来不了", "应急演练有人落水怎么办 报名"])
def test_who_only_tells_of_a_fall_or_a_drill_is_in_no_danger(phone: Of, cast: World, words: str) -> None:
    assert "12356" not in phone(cast.xiaobo).says(words)
