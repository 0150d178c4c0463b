"""A full activity on the phone: queue, offer, claim, reason; agreement and a safety notice that changed (U1, U2, U10)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from models import Activity, Position, Shift, Signup, Volunteer, store
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
    assert all(word in page for word in ("候补第 1 位", "下一个有名额就是您", "不等了", "看望老兵"))


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
    store.write(lambda: Position.update(conditions={"skills": ["boat"], "age_from": 18}).execute())
    assert "要有：会“驾船、冲锋舟”；年满 18 岁" in phone(cast.xiaobo).get(f"/m/activities/{cast.activity.code}").text


def hindered(cast: Any, phone: Any) -> str:
    page = phone(cast.xiaobo).get(f"/m/activities/{cast.activity.code}").text
    assert ("您现在还不能报名" in page, 'id="signup"' in page) == (True, False)
    return str(page)


def test_minor_reads_what_is_missing_before_he_signs_up_and_where_to_give_it(cast: Any, phone: Any) -> None:
    store.write(lambda: Volunteer.update(birth_date="2011-06-10").where(Volunteer.id == cast.xiaobo.id).execute())
    page = hindered(cast, phone)
    assert all(word in page for word in ("要监护人同意", 'href="/m/guardian">交监护人同意书'))


def test_position_says_what_the_reader_lacks(cast: Any, phone: Any) -> None:
    store.write(lambda: Position.update(conditions={"skills": ["boat"], "age_to": 50}).execute())
    page = hindered(cast, phone)
    assert "这个岗位还要：会“驾船、冲锋舟”（请在“我的”—“我会什么”里选上）；不超过 50 岁" in page
    assert 'href="/m/skills">填我会什么、交证书' in page


def test_team_only_leads_a_stranger_to_the_team(cast: Any, phone: Any) -> None:
    store.write(lambda: Activity.update(openness="team").execute())
    mine = phone(cast.chali)
    page = mine.get(f"/m/activities/{cast.activity.code}").text
    assert f'href="/m/join/{cast.team.code}">申请加入服务队' in page
    assert "交申请" in mine.get(f"/m/join/{cast.team.code}").text


def test_of_several_positions_the_fitting_ones_can_be_chosen(cast: Any, phone: Any, at: datetime) -> None:
    def second() -> Shift:
        position = Position.create(activity=cast.activity, name="驾船员", quota=2, conditions={"skills": ["boat"]})
        return Shift.create(
            code="boat0001", activity=cast.activity, position=position, starts_at=cast.shift.starts_at, quota=2,
            ends_at=cast.shift.ends_at, planned_ends_at=cast.shift.ends_at, code_key="00",
        )  # fmt: skip

    made = store.write(second)
    page = phone(cast.xiaobo).get(f"/m/activities/{cast.activity.code}").text
    assert ("您还不能报" in page, "您现在还不能报名" in page) == (True, False)
    assert (f'value="{cast.shift.code}"' in page, f'value="{made.code}"' in page) == (True, False)
