"""Setting up an activity, writing to a team, entering a person: forms as people fill them in."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from handlers.pages.format import local
from models import Activity, BindInvite, Delivery, Notice, Position, Shift, Volunteer, store
from services.accounts import invites
from services.messaging.outbox import put
from tests.console.conftest import Desk, read_qr
from tests.support.fakes import FakeGateway, make_parts
from tests.support.world import VILLAGE, World, grant, make_identity, sign_up

FORM = {
    "title": "周六清理大堤", "kind": "D3.ecology", "content": "捡垃圾", "day": "2026-06-13", "start": "08:30",
    "end": "11:00", "place": "淮河大堤三号闸", "risk_notice": "注意防滑", "conditions": "身体健康",
    "safeguards": "手套", "openness": "everyone", "walk_in": "1",
    "code_life": "60", "closes": "2", "p0_name": "清洁员", "p0_quota": "20", "p1_name": "记录员", "p1_quota": "2",
}  # fmt: skip


def made() -> Activity:
    return Activity.select().order_by(Activity.id.desc()).get()


def create(browser: Desk, cast: World, button: str = "publish", **fields: str) -> Any:
    return browser.post("/console/activities/new", {**FORM, "team": cast.team.code, button: "1", **fields})


def test_form_filled_in_and_published_in_one_go(cast: World, desk: Callable[..., Desk]) -> None:
    answer = create(desk(cast.ali), cast)
    one = made()
    assert answer.location == f"/console/activities/{one.code}?done=published"
    assert (one.title, one.domain, one.sub_domain, one.state, one.local_day) == (
        "周六清理大堤", "D3", "ecology", "published", "2026-06-13",
    )  # fmt: skip
    assert one.ends_at - one.starts_at == timedelta(hours=2.5)
    assert one.starts_at - one.signup_closes_at == timedelta(hours=2)
    assert [(p.name, p.quota) for p in Position.select().where(Position.activity == one).order_by(Position.id)] == [
        ("清洁员", 20), ("记录员", 2),
    ]  # fmt: skip


def test_position_says_what_it_asks_and_has_shifts_of_its_own(cast: World, desk: Callable[..., Desk]) -> None:
    browser = desk(cast.ali)
    asked = {
        "p0_requirement": "会游泳", "p0_skills0": "boat", "p0_qualifications0": "boat",
        "p0_trainings": "急救，水上安全", "p0_age_from": "18", "p0_age_to": "60",
        "p0_s0_start": "08:30", "p0_s0_end": "09:30", "p0_s1_start": "09:30",
        "p0_s1_end": "11:00", "p0_s1_quota": "3",
    }  # fmt: skip
    create(browser, cast, "keep", **asked)
    position = Position.get(Position.activity == made(), Position.name == "清洁员")
    assert (position.requirement, position.conditions) == (
        "会游泳",
        {
            "skills": ["boat"], "qualifications": ["boat"], "trainings": ["急救", "水上安全"], "age_from": 18,
            "age_to": 60,
        },
    )  # fmt: skip
    assert [(each.ends_at - each.starts_at, each.quota) for each in position.shifts.order_by(Shift.starts_at)] == [
        (timedelta(hours=1), 20), (timedelta(hours=1.5), 3),
    ]  # fmt: skip
    shown = browser.get(f"/console/activities/{made().code}/edit").text
    assert all(word in shown for word in ('value="急救、水上安全"', 'value="09:30"', 'value="会游泳"'))


def test_draft_with_shifts_of_its_own_moves_to_another_day_whole(cast: World, desk: Callable[..., Desk]) -> None:
    browser = desk(cast.ali)
    own = {"p0_s0_start": "09:00", "p0_s0_end": "10:00"}
    create(browser, cast, "keep", **own)
    browser.post(f"/console/activities/{made().code}/edit", {**FORM, **own, "day": "2026-06-14", "keep": "1"})
    days = {each.starts_at.date().isoformat() for each in made().shifts}
    assert (made().local_day, days) == ("2026-06-14", {"2026-06-14"})


def test_shift_outside_the_activity_is_named(cast: World, desk: Callable[..., Desk]) -> None:
    answer = create(desk(cast.ali), cast, p0_s0_start="12:00", p0_s0_end="13:00")
    assert (answer.status_code, "请检查班次的时间" in answer.text) == (400, True)


def test_draft_is_kept_and_seen_by_nobody(cast: World, desk: Callable[..., Desk]) -> None:
    create(desk(cast.ali), cast, "keep")
    assert made().state == "draft"


def test_end_earlier_on_the_clock_is_the_next_day(cast: World, desk: Callable[..., Desk]) -> None:
    create(desk(cast.ali), cast, start="20:00", end="02:00")
    assert made().ends_at - made().starts_at == timedelta(hours=6)


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("title", " ", "请写活动名称"), ("kind", "D9.x", "请选服务类别"), ("day", "昨天", "请检查日期"),
        ("end", "08:30", "请检查结束时间"), ("p0_quota", "很多", "请检查岗位人数"),
        ("title", "长" * 41, "请写活动名称"),
    ],
)  # fmt: skip
def test_wrong_field_is_named_and_nothing_typed_is_lost(
    cast: World, desk: Callable[..., Desk], field: str, value: str, sentence: str
) -> None:
    before = Activity.select().count()
    answer = create(desk(cast.ali), cast, **{field: value})
    assert (answer.status_code, sentence in answer.text, Activity.select().count()) == (400, True, before)
    assert "淮河大堤三号闸" in answer.text


def test_what_cannot_be_published_yet_is_kept_as_a_draft_that_says_what_is_missing(
    cast: World, desk: Callable[..., Desk]
) -> None:
    answer = create(desk(cast.ali), cast, kind="D3.flood", risk_notice="穿救生衣", safeguards="")
    assert (made().state, answer.status_code, "已存成草稿" in answer.text) == ("draft", 400, True)
    assert "请写有什么保障、怎么保护志愿者" in answer.text


def test_sign_up_opens_at_the_time_that_was_chosen(cast: World, desk: Callable[..., Desk], at: datetime) -> None:
    browser = desk(cast.ali)
    create(browser, cast, opens="2026-06-12T18:30")
    one = made()
    edit = f"/console/activities/{one.code}/edit"
    assert (one.state, one.signup_opens_at) == ("published", datetime(2026, 6, 12, 10, 30, tzinfo=UTC))
    assert 'value="2026-06-12T18:30"' in browser.get(edit).text
    browser.post(edit, {**FORM, "contact": "", "opens": "2026-06-12T18:30"})
    assert made().signup_opens_at == one.signup_opens_at
    browser.post(edit, {**FORM, "contact": "", "opens": ""})  # from now on
    assert made().signup_opens_at == at


@pytest.mark.parametrize(
    ("opens", "sentence"), [("周五晚上", "报名开始的时间看不懂"), ("2026-06-13T08:00", "报名开始要早于截止")]
)
def test_time_at_which_sign_up_cannot_open_is_named(
    cast: World, desk: Callable[..., Desk], opens: str, sentence: str
) -> None:
    answer = create(desk(cast.ali), cast, opens=opens)
    assert (answer.status_code, sentence in answer.text) == (400, True)


def test_form_saved_unchanged_moves_nothing(cast: World, desk: Callable[..., Desk]) -> None:
    browser = desk(cast.ali)
    create(browser, cast)
    before = made()
    browser.post(f"/console/activities/{before.code}/edit", {**FORM, "contact": ""})
    after = made()
    assert (after.version, after.starts_at, after.title) == (before.version, before.starts_at, before.title)


def test_moving_a_published_activity_tells_those_signed_up(
    cast: World, desk: Callable[..., Desk], at: datetime
) -> None:
    browser = desk(cast.ali)
    create(browser, cast)
    sign_up(at, made().shifts.get(), cast.xiaobo)
    browser.post(f"/console/activities/{made().code}/edit", {**FORM, "place": "五号闸"})
    assert [(row.kind, row.volunteer_id) for row in Delivery.select()] == [
        ("activity_changed", cast.xiaobo.id)
    ]


def test_cancelling_asks_for_a_reason_and_tells(cast: World, desk: Callable[..., Desk], at: datetime) -> None:
    sign_up(at, cast.shift, cast.xiaobo)
    browser, where = desk(cast.ali), f"/console/activities/{cast.activity.code}/cancel"
    silent = browser.post(where, {"reason": ""})
    assert (silent.status_code, Delivery.select().count()) == (400, 0)
    browser.post(where, {"reason": "暴雨"})
    assert (Activity.get_by_id(cast.activity.id).state, Delivery.get().kind) == (
        "cancelled",
        "activity_cancelled",
    )


def test_activity_for_a_team_of_others_is_not_found(cast: World, desk: Callable[..., Desk]) -> None:
    before = Activity.select().count()
    answer = create(desk(cast.ali), cast, team=cast.other_team.code)
    assert (answer.status_code, Activity.select().count()) == (404, before)


def test_notice_is_looked_at_before_it_is_sent(cast: World, desk: Callable[..., Desk]) -> None:
    browser = desk(cast.ali)
    draft = browser.post("/console/notices", {"team": cast.team.code, "text": "明天八点集合"})
    assert (Delivery.select().count(), "，共 <strong>1</strong> 人" in draft.text) == (0, True)
    assert "<strong>1</strong> 人会收到公众号消息" in draft.text
    send = re.search(r'action="(/console/notices/\d+/send)"', draft.text)
    assert send
    sent = browser.post(send.group(1))
    assert (Delivery.get().volunteer_id, Delivery.get().body) == (cast.xiaobo.id, "明天八点集合")
    assert "还在排队" in browser.get(sent.location).text


def test_notice_can_be_stopped(cast: World, desk: Callable[..., Desk]) -> None:
    browser = desk(cast.ali)
    browser.post("/console/notices", {"team": cast.team.code, "text": "明天八点集合"})
    where = f"/console/notices/{Notice.get().id}"
    browser.post(f"{where}/send")
    browser.post(f"{where}/stop")
    assert (Notice.get().state, Delivery.get().state) == ("stopped", "withdrawn")


def test_sending_twice_sends_once(cast: World, desk: Callable[..., Desk]) -> None:
    browser = desk(cast.ali)
    browser.post("/console/notices", {"team": cast.team.code, "text": "明天八点集合"})
    where = f"/console/notices/{Notice.get().id}/send"
    assert (browser.post(where).status_code, browser.post(where).status_code) == (303, 409)
    assert Delivery.select().count() == 1


def test_notice_of_another_is_not_sent_by_a_stranger(cast: World, desk: Callable[..., Desk]) -> None:
    desk(cast.ali).post("/console/notices", {"team": cast.team.code, "text": "明天八点集合"})
    answer = desk(cast.officer).post(f"/console/notices/{Notice.get().id}/send")
    assert (answer.status_code, Delivery.select().count()) == (404, 0)


@pytest.mark.parametrize(("text", "sentence"), [(" ", "还没有写内容"), ("长" * 501, "最多 500 个字，您写了 501 个")])
def test_unsendable_notice_stays_in_its_field(
    cast: World, desk: Callable[..., Desk], text: str, sentence: str
) -> None:
    answer = desk(cast.ali).post("/console/notices", {"team": cast.team.code, "text": text})
    assert (answer.status_code, sentence in answer.text) == (400, True)


def test_outbox_tells_state_way_and_error_in_words(
    cast: World, desk: Callable[..., Desk], at: datetime
) -> None:
    from models import ApiPause, DeliveryTry, store

    def make() -> None:
        notice = Notice.create(kind="reminder", team=cast.team, activity=cast.activity, created_at=at)
        row = put(
            notice_id=notice.id, volunteer_id=cast.xiaobo.id, kind="reminder", dedupe_key="x", title="活动提醒",
            body="b", form="reminder", values={"thing1": "a", "time2": "2026年6月10日 09:00", "thing3": "b"}, at=at,
        )  # fmt: skip
        DeliveryTry.create(delivery=row, channel="tpl", outcome="user_state", errcode=43004, at=at)
        ApiPause.create(api="sub", until=at + timedelta(hours=1), reason="45009")

    store.write(make)
    page = desk(cast.officer).get("/console/outbox").text
    for words in ("排队等发 1", "王小博", "公众号消息 收不到", "43004", "小程序提醒暂停到"):
        assert words in page


PERSON = {
    "name": "周铁柱",
    "document": "34152219600501001X",
    "phone": "13912345678",
    "identity": "veteran",
    "region": VILLAGE,
}


def id_number(body: str = "34152219600501001") -> str:
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, weights, strict=True)) % 11]


def enter(browser: Desk, world: World) -> str:
    """Enter a person; the address of the page with his code."""
    answer = browser.post("/console/people/new", {**PERSON, "document": id_number(), "team": world.team.code})
    assert answer.status_code == 303
    return str(answer.location)


def test_entered_person_gets_the_accounts_own_code(
    cast: World, desk: Callable[..., Desk], gateway: FakeGateway
) -> None:
    browser = desk(cast.ali)
    page = browser.get(enter(browser, cast)).text
    picture = re.search(r'src="(data:image/svg[^"]+)"', page)
    assert picture
    assert read_qr(picture.group(1)).startswith("http://weixin.qq.com/q/")
    assert gateway.named("create_qr")[0]["scene"] == f"b.{BindInvite.get().token}"
    assert ("周*柱" in page, "周铁柱" in page, id_number() in page) == (True, False, False)
    assert Volunteer.get(Volunteer.name == "周铁柱").state == "invited"


def test_page_with_the_code_can_be_loaded_again(
    cast: World, desk: Callable[..., Desk], gateway: FakeGateway
) -> None:
    browser = desk(cast.ali)
    path = enter(browser, cast)
    assert browser.get(path).text == browser.get(path).text
    assert (BindInvite.select().count(), len(gateway.named("create_qr"))) == (1, 1)


def test_page_with_the_code_hears_the_yes(
    cast: World, desk: Callable[..., Desk], gateway: FakeGateway, at: datetime
) -> None:
    browser = desk(cast.ali)
    path = enter(browser, cast)
    browser.get(path)
    assert browser.get(path, **{"HX-Request": "true"}).status_code == 204
    him, token = make_identity(at, None), BindInvite.get().token
    invites.open_invite(token=token, openid=him.openid, at=at)
    invites.accept(parts=make_parts(gateway), token=token, identity_id=him.id, at=at)
    told = browser.get(path, **{"HX-Request": "true"})
    assert (told.status_code, "周*柱 登记好了" in told.text, "data:image" in told.text) == (200, True, False)


def test_page_with_the_code_says_that_it_is_over(
    cast: World, desk: Callable[..., Desk], at: datetime
) -> None:
    browser = desk(cast.ali)
    path = enter(browser, cast)
    him, token = make_identity(at, None), BindInvite.get().token
    invites.open_invite(token=token, openid=him.openid, at=at)
    invites.decline(token=token, openid=him.openid, at=at)
    page = browser.get(path)
    assert (page.status_code, "这个码不能用了" in page.text) == (200, True)


@pytest.mark.parametrize("number", ["nosuch12", "%00", "a" * 201])
def test_code_of_nobody_is_not_found(cast: World, desk: Callable[..., Desk], number: str) -> None:
    assert desk(cast.ali).get(f"/console/people/{number}/invite").status_code == 404


def test_code_of_another_team_is_not_shown(cast: World, desk: Callable[..., Desk], at: datetime) -> None:
    path = enter(desk(cast.ali), cast)
    grant(at, cast.chali, "team_leader", team=cast.other_team)
    assert desk(cast.chali).get(path).status_code in (403, 404)


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("document", "341522196005010011", "身份证号码没有填对"),
        ("name", "1", "姓名没有填对"),
        ("phone", "12", "手机号码没有填对"),
    ],
)
def test_wrong_person_field_is_named(
    cast: World, desk: Callable[..., Desk], field: str, value: str, sentence: str
) -> None:
    answer = desk(cast.ali).post(
        "/console/people/new", {**PERSON, "document": id_number(), "team": cast.team.code, field: value}
    )
    assert (answer.status_code, sentence in answer.text, BindInvite.select().count()) == (400, True, 0)


def test_village_is_found_by_name(cast: World, desk: Callable[..., Desk]) -> None:
    page = (
        desk(cast.ali)
        .post("/console/people/new", {**PERSON, "team": cast.team.code, "q": "西湖", "search": "1"})
        .text
    )
    assert "西湖社区" in page
    assert BindInvite.select().count() == 0


def test_members_phones_are_masked(cast: World, desk: Callable[..., Desk]) -> None:
    from models import store
    from services.accounts.enrolment import set_phone
    from tests.support.fakes import make_parts

    store.write(
        lambda: set_phone(parts=make_parts(), person=cast.xiaobo, phone="13912345678", proof="officer")
    )
    page = desk(cast.ali).get(f"/console/teams/{cast.team.code}").text
    assert ("139****5678" in page, "13912345678" in page, cast.team.code in page) == (True, False, True)


def test_one_shift_gets_other_times_and_its_people_are_asked_to_read_them(
    cast: World, desk: Callable[..., Desk], at: datetime
) -> None:
    def second() -> Shift:
        position = Position.create(activity=cast.activity, name="收尾组", quota=5)
        end = cast.activity.ends_at
        shift = Shift.create(
            code="evening1", activity=cast.activity, position=position, starts_at=end - timedelta(hours=1), ends_at=end,
            planned_ends_at=end, quota=5, code_key="0" * 32,
        )  # fmt: skip
        sign_up(at, shift, cast.xiaobo)
        return shift

    shift, leader, path = store.write(second), desk(cast.ali), f"/console/activities/{cast.activity.code}"
    kept, end = (local(moment) for moment in (shift.starts_at, shift.ends_at))
    assert f'value="{kept}"' in leader.get(path).text
    form = {"shift": shift.code, "starts": kept, "ends": end}
    assert leader.post(path + "/shift", form | {"starts": "2020-01-01T00:00"}).status_code == 400
    assert leader.post(path + "/shift", form | {"shift": "nothing"}).status_code == 404
    early = local(shift.starts_at - timedelta(minutes=30))
    assert leader.post(path + "/shift", form | {"starts": early}).status_code == 303
    assert Shift.get_by_id(shift.id).starts_at == shift.starts_at - timedelta(minutes=30)
    assert "“收尾组”改过时间：0 / 1 人说知道了" in leader.get(path).text
