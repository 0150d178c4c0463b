"""知道了 in the chat: he has read where and when it takes place now."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from models import Activity, ChangeAck, Signup, store
from services.participation import activities
from services.participation.signups import risk_version
from tests.bot.chat import Phone
from tests.support.world import make_activity, sign_up

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


@pytest.fixture
def notices(cast: Any, at: datetime) -> list[Signup]:
    """小博 has two places, and the safety notice of both has changed since."""

    def make() -> list[Signup]:
        shifts = [cast.shift, make_activity(at, cast.team, starts_in=timedelta(hours=30), title="看望老兵")[1]]
        rows = [sign_up(at, shift, cast.xiaobo, risk_version="before") for shift in shifts]
        Activity.update(risk_notice="水深两米，穿救生衣").execute()
        return rows

    return store.write(make)


def versions(rows: list[Signup]) -> list[str]:
    new = risk_version("水深两米，穿救生衣")
    return ["new" if Signup.get_by_id(row.id).risk_version == new else "old" for row in rows]


def test_changed_safety_notice_is_shown_before_it_is_read(phone: Of, cast: Any, notices: list[Signup]) -> None:
    person = phone(cast.xiaobo)
    assert f"“{cast.activity.title}”的安全提示改了：\n水深两米，穿救生衣" in person.says("知道了")
    assert versions(notices) == ["old", "old"]
    assert "“看望老兵”的安全提示改了" in person.taps("知道了")
    assert versions(notices) == ["new", "old"]
    assert person.says("确认").startswith("好的，记下了：您看过“看望老兵”新的安全提示。")
    assert versions(notices) == ["new", "new"]
    assert person.says("知道了") == person.says("谢谢")


def test_safety_notice_that_changes_once_more_is_shown_anew(phone: Of, cast: Any, notices: list[Signup]) -> None:
    person = phone(cast.xiaobo)
    person.says("知道了")
    store.write(lambda: Activity.update(risk_notice="水深三米").execute())
    assert "水深三米" in person.says("知道了")
    assert [Signup.get_by_id(row.id).risk_version for row in notices] == ["before", "before"]
