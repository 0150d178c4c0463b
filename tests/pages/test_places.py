"""A full activity on the phone: queue, offer, claim, reason; agreement and a safety notice that changed (U1, U2, U10)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from models import Activity, Shift, Signup, store
from services.participation import signups
from tests.support.world import make_activity, sign_up

HOUR = timedelta(hours=1)


@pytest.fixture
def full(cast: Any, at: datetime) -> str:
    """The path of an activity whose only place is 阿丽's."""

    def make() -> None:
        Shift.update(quota=1).where(Shift.id == cast.shift.id).execute()
        sign_up(at, cast.shift, cast.ali)

    store.write(make)
    return f"/m/activities/{cast.activity.code}"


def state(person: Any) -> str:
    return str(Signup.get(Signup.volunteer == person).state)


def leave(cast: Any, at: datetime) -> None:
    signups.cancel(actor=cast.actor(cast.ali), shift_code=cast.shift.code, at=at, reason="有事")


def test_full_activity_offers_the_queue_and_what_else_is_open(
    cast: Any, phone: Any, full: str, at: datetime
) -> None:
    store.write(lambda: make_activity(at, cast.team, title="看望老兵"))
    mine = phone(cast.xiaobo)
    page = mine.get(full).text
    assert all(word in page for word in ("已报满，可以候补", "排队候补", "别的活动还有名额", "看望老兵"))
    assert ">报名</button>" not in page
    done = mine.post(f"{full}/signup", {"shift": cast.shift.code, "risk": "yes", "queue": "yes"})
    assert done.location == f"{full}?done=queued"
    page = mine.get(done.location).text
    assert all(word in page for word in ("候补第 1 位", "前面还有 0 位", "不等了", "看望老兵"))


def test_offer_shows_its_deadline_and_is_claimed_by_one_tap(
    cast: Any, phone: Any, full: str, at: datetime
) -> None:
    mine = phone(cast.xiaobo)
    mine.post(f"{full}/signup", {"shift": cast.shift.code, "risk": "yes", "queue": "yes"})
    leave(cast, at)
    assert "请确认名额" in mine.get("/m").text
    page = mine.get(full).text
    assert all(word in page for word in ("请确认名额", "9:30", "我去，确认名额", "不去了"))
    done = mine.post(f"{full}/claim", {"shift": cast.shift.code, "risk": "yes"})
    assert (done.location, state(cast.xiaobo)) == (f"{full}?done=signed_up", "confirmed")
    assert "已录用" in mine.get(done.location).text


def test_offer_is_declined(cast: Any, phone: Any, full: str, at: datetime) -> None:
    mine = phone(cast.xiaobo)
    mine.post(f"{full}/signup", {"shift": cast.shift.code, "risk": "yes", "queue": "yes"})
    leave(cast, at)
    mine.post(f"{full}/cancel", {"shift": cast.shift.code})
    assert (state(cast.xiaobo), Shift.get_by_id(cast.shift.id).taken) == ("cancelled", 0)


def test_late_leaving_needs_a_reason(cast: Any, phone: Any, at: datetime) -> None:
    store.write(lambda: Activity.update(cancel_hours=12).execute())
    store.write(lambda: sign_up(at, cast.shift, cast.xiaobo))
    mine, path = phone(cast.xiaobo), f"/m/activities/{cast.activity.code}"
    assert "离开始不到 12 小时，请写一句" in mine.get(path).text
    silent = mine.post(f"{path}/cancel", {"shift": cast.shift.code})
    assert (silent.status_code, "请写一句原因" in silent.text, state(cast.xiaobo)) == (400, True, "confirmed")
    mine.post(f"{path}/cancel", {"shift": cast.shift.code, "reason": "发烧"})
    row = Signup.get()
    assert (row.state, row.late, row.reason) == ("cancelled", True, "发烧")


def test_long_day_is_warned_of_once_and_then_the_persons_choice(cast: Any, phone: Any, at: datetime) -> None:
    store.write(
        lambda: sign_up(at, make_activity(at, cast.team, starts_in=6 * HOUR, hours=7)[1], cast.xiaobo)
    )
    mine, path = phone(cast.xiaobo), f"/m/activities/{cast.activity.code}"
    warned = mine.post(f"{path}/signup", {"shift": cast.shift.code, "risk": "yes"})
    assert (warned.status_code, "还是要参加</button>" in warned.text) == (409, True)
    assert 'name="load" value="yes"' in warned.text
    done = mine.post(f"{path}/signup", {"shift": cast.shift.code, "risk": "yes", "load": "yes"})
    assert done.location == f"{path}?done=signed_up"


def test_agreement_is_shown_and_accepted(cast: Any, phone: Any) -> None:
    store.write(lambda: Activity.update(agreement=True).execute())
    mine, path = phone(cast.xiaobo), f"/m/activities/{cast.activity.code}"
    page = mine.get(path).text
    assert all(word in page for word in ("一、服务内容：清理河岸垃圾", "六、安全保障", "我看过协议，同意"))
    assert mine.post(f"{path}/signup", {"shift": cast.shift.code, "risk": "yes"}).status_code == 400
    done = mine.post(f"{path}/signup", {"shift": cast.shift.code, "risk": "yes", "agreement": "yes"})
    assert done.location == f"{path}?done=signed_up"


def test_changed_safety_notice_is_read_again(cast: Any, phone: Any) -> None:
    mine, path = phone(cast.xiaobo), f"/m/activities/{cast.activity.code}"
    mine.post(f"{path}/signup", {"shift": cast.shift.code, "risk": "yes"})
    assert "安全提示改过了" not in mine.get(path).text
    store.write(lambda: Activity.update(risk_notice="水深，穿救生衣").execute())
    assert "安全提示改过了" in mine.get(path).text
    mine.post(f"{path}/risk", {"shift": cast.shift.code})
    assert "安全提示改过了" not in mine.get(path).text


def test_invited_only_offers_no_form(cast: Any, phone: Any) -> None:
    store.write(lambda: Activity.update(joining="invite").execute())
    page = phone(cast.xiaobo).get(f"/m/activities/{cast.activity.code}").text
    assert ("由队长邀请" in page, "<form class=\"card\"" in page) == (True, False)


def test_what_the_position_asks_stands_beside_it(cast: Any, phone: Any) -> None:
    from models import Position

    store.write(lambda: Position.update(conditions={"skills": ["boat"], "age_from": 18}).execute())
    assert "要有：会“驾船、冲锋舟”；年满 18 岁" in phone(cast.xiaobo).get(f"/m/activities/{cast.activity.code}").text
