"""去了 / 没去 in the chat, and the ways to 补录 and 异议."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from models import HoursCase, PresenceQuestion, ServiceRecord, store
from tests.bot.chat import Phone
from tests.support.world import World

Of = Callable[[Any], Phone]


@pytest.fixture
def asked(cast: World, at: datetime) -> None:
    def act() -> None:
        record = ServiceRecord.create(
            shift=cast.shift, activity=cast.activity, team=cast.team, volunteer=cast.xiaobo,
            region_code=cast.team.region_code, local_day="2026-06-10", in_at=at, out_at=at + timedelta(hours=1),
            minutes=60, state="confirmed", confirmed_by=cast.ali, rule_set=cast.hours_rule, created_at=at, updated_at=at,
        )  # fmt: skip
        PresenceQuestion.create(record=record, volunteer=cast.xiaobo, asked_at=at)

    store.write(act)


def test_one_word_answers_the_question(cast: World, phone: Of, asked: None) -> None:
    mine = phone(cast.xiaobo)
    assert "您去了" in mine.says("去了")
    assert PresenceQuestion.get().answer == "yes"
    assert "没有要您核对的" in mine.says("没去")
    assert HoursCase.select().count() == 0


def test_no_opens_a_case(cast: World, phone: Of, asked: None) -> None:
    assert "不是您的错" in phone(cast.xiaobo).says("我没去")
    assert (PresenceQuestion.get().answer, HoursCase.get().source) == ("no", "presence")


def test_words_lead_to_the_pages(cast: World, phone: Of) -> None:
    assert "/m/makeups" in phone(cast.xiaobo).says("忘了扫码")
    assert "/m/hours" in phone(cast.xiaobo).says("时长不对")
