"""A deceased person's WeChat in the chat: whoever holds it now is answered decently, and served nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest

from models import Signup, Volunteer
from services.lives import deaths
from tests.bot.chat import Phone
from tests.support.fakes import make_parts
from tests.support.world import World

Of = Callable[[Any], Phone]
HOURS_ON_FILE = "累计"


@pytest.fixture
def reported(cast: World, at: datetime) -> int:
    return deaths.report(
        parts=make_parts(), actor=cast.actor(cast.ali), public_no=cast.xiaobo.public_no, relation="leader",
        died_on=date(2026, 6, 9), at=at,
    )  # fmt: skip


@pytest.mark.parametrize(
    "words", ["时长", "积分", "活动", "报名 1", "我的活动", "签到 482913", "帮助", "您好", "是我", "停止找回"]
)
def test_words_are_answered_and_nothing_is_done(phone: Of, cast: World, reported: int, words: str) -> None:
    answer = phone(cast.xiaobo).says(words)
    assert answer == "这位志愿者的登记已经停用。家属要查他的服务记录，或者登记弄错了，请联系退役军人服务站。"
    assert cast.xiaobo.name not in answer
    assert HOURS_ON_FILE not in answer
    assert Signup.select().count() == 0
    assert Volunteer.get_by_id(cast.xiaobo.id).state == "deceased"


def test_pictures_the_menu_and_a_scan_serve_nothing(phone: Of, cast: World, reported: int) -> None:
    his = phone(cast.xiaobo)
    said = [
        his.event("CLICK", EventKey="hours"),
        his.event("SCAN", EventKey=f"a.{cast.activity.code}", Ticket="t"),
        his.message("image", PicUrl="http://x/y.jpg", MediaId="m"),
    ]
    assert [cast.xiaobo.name in each or HOURS_ON_FILE in each for each in said] == [False, False, False]
    assert all(said)


def test_whose_death_was_undone_is_served_again(phone: Of, cast: World, at: datetime, reported: int) -> None:
    deaths.undo(actor=cast.actor(cast.officer), number=reported, reason="弄错了", at=at)
    assert "停用" not in phone(cast.xiaobo).says("时长")
