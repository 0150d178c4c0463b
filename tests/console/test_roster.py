"""A leader works through his list: ticks, names, sets ends, confirms, extends, annuls."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from models import ServiceRecord, Signup, store
from services import audit
from services.participation import attendance
from tests.console.conftest import Desk
from tests.support.world import World, join, make_identity, make_volunteer, sign_up

HTMX = {"HX-Request": "true"}


@pytest.fixture
def leader(cast: World, desk: Callable[..., Desk], frozen: Any) -> Desk:
    """阿丽's desk at the start of the activity; 小博 is signed up."""
    sign_up(cast.activity.created_at, cast.shift, cast.xiaobo)
    frozen(cast.shift.starts_at)
    browser = desk()
    browser.log_in(cast.ali, cast.shift.starts_at)
    return browser


def path(cast: World, more: str = "") -> str:
    return f"/console/activities/{cast.activity.code}{more}"


def tick(browser: Desk, cast: World, direction: str, **headers: str) -> Any:
    fields = {"shift": cast.shift.code, "person": cast.xiaobo.public_no, "direction": direction}
    return browser.post(path(cast, "/tick"), fields, **headers)


def record() -> ServiceRecord:
    return ServiceRecord.get()


def test_tick_in_and_out_makes_a_record_by_hand(cast: World, leader: Desk, frozen: Any) -> None:
    assert tick(leader, cast, "in").status_code == 303
    frozen(cast.shift.starts_at + timedelta(minutes=25))
    tick(leader, cast, "out")
    assert (record().minutes, record().by_hand, record().state) == (25, True, "pending")


def test_tick_by_htmx_answers_with_the_new_list(cast: World, leader: Desk) -> None:
    answer = tick(leader, cast, "in", **HTMX)
    assert (answer.status_code, answer.text.lstrip().startswith('<section id="roster"')) == (200, True)
    assert "在场" in answer.text


def test_refused_tick_says_why_beside_the_list(cast: World, leader: Desk) -> None:
    part, page = tick(leader, cast, "out", **HTMX), tick(leader, cast, "out")
    assert ("没有您的签到记录" in part.text, page.status_code, "没有您的签到记录" in page.text) == (
        True,
        409,
        True,
    )


def test_unchanged_list_is_not_sent_again(cast: World, leader: Desk) -> None:
    import re

    page = leader.get(path(cast)).text
    mark = re.search(r"list\?have=(\w+)", page)
    assert mark
    assert leader.get(path(cast, f"/list?have={mark.group(1)}")).status_code == 204
    tick(leader, cast, "in")
    assert leader.get(path(cast, f"/list?have={mark.group(1)}")).status_code == 200


def test_paper_list_is_ticked_in_one_go_with_its_time(cast: World, leader: Desk, frozen: Any) -> None:
    extra = store.write(lambda: make_volunteer(cast.activity.created_at, "老周"))
    store.write(lambda: join(cast.activity.created_at, cast.team, extra))
    frozen(cast.shift.starts_at + timedelta(minutes=25))
    answer = leader.post(
        path(cast, "/makeup"),
        {
            "direction": "in", "when": "13:05", "shift": cast.shift.code,
            "who": [f"{cast.shift.code}.{cast.xiaobo.public_no}", f".{extra.public_no}"],
        },
    )  # fmt: skip
    assert "已补签到 2 人" in answer.text
    assert {row.in_at for row in ServiceRecord.select()} == {cast.shift.starts_at + timedelta(minutes=5)}
    assert Signup.get(Signup.volunteer == extra).walk_in


def test_paper_list_names_whom_it_could_not_tick(cast: World, leader: Desk) -> None:
    answer = leader.post(
        path(cast, "/makeup"), {"direction": "out", "who": f"{cast.shift.code}.{cast.xiaobo.public_no}"}
    )
    assert ("1 人没有补上" in answer.text, "王小博：" in answer.text) == (True, True)


def test_shift_of_another_activity_cannot_be_ticked_through_this_list(cast: World, leader: Desk) -> None:
    from tests.support.world import make_activity

    _, foreign = make_activity(cast.shift.starts_at, cast.other_team, starts_in=timedelta())
    answer = leader.post(
        path(cast, "/tick"), {"shift": foreign.code, "person": cast.xiaobo.public_no, "direction": "in"}
    )
    assert (answer.status_code, ServiceRecord.select().count()) == (404, 0)


def test_name_present_lets_a_static_code_count(cast: World, leader: Desk) -> None:
    attendance.scan_in_chat(
        actor=cast.actor(cast.xiaobo, "bot"),
        direction="in",
        shift_code=cast.shift.code,
        at=cast.shift.starts_at,
    )
    assert record().needs_naming
    leader.post(path(cast, f"/records/{record().id}/name"))
    assert (record().needs_naming, record().named_by_id) == (False, cast.ali.id)


def test_button_to_confirm_comes_with_the_list(cast: World, leader: Desk, frozen: Any) -> None:
    page = leader.get(path(cast)).text
    assert 'id="confirm-card"' in page
    tick(leader, cast, "in", **HTMX)
    frozen(cast.shift.starts_at + timedelta(minutes=25))
    answer = tick(leader, cast, "out", **HTMX).text
    card = answer[answer.index('id="confirm-card"') :]
    assert ('hx-swap-oob="true"' in card, path(cast, "/confirm") in card, " hidden>" in card) == (
        True,
        True,
        False,
    )
    assert ("hx-swap-oob" in page, path(cast, "/confirm") in page) == (False, False)


def test_confirm_says_in_words_who_was_left_out_and_why(cast: World, leader: Desk, frozen: Any) -> None:
    start, at = cast.shift.starts_at, cast.activity.created_at
    others = [store.write(lambda n=n: make_volunteer(at, n)) for n in ("张还在", "刘海报", "陈离线")]
    for person in others:
        store.write(lambda p=person: make_identity(at, p, "oa"))
    tick(leader, cast, "in")
    attendance.tick(
        actor=cast.actor(cast.ali),
        shift_code=cast.shift.code,
        public_no=others[0].public_no,
        direction="in",
        at=start,
    )
    for direction, minutes in (("in", 0), ("out", 60)):
        moment = start + timedelta(minutes=minutes)
        for person in (cast.ali, *others[1:]):
            attendance.scan_in_chat(
                actor=cast.actor(person, "bot"), direction=direction, shift_code=cast.shift.code, at=moment
            )
    store.write(
        ServiceRecord.update(needs_review="in:old", needs_naming=False)
        .where(ServiceRecord.volunteer == others[2].id)
        .execute
    )
    frozen(start + timedelta(minutes=60))
    browser = leader
    browser.log_in(cast.ali, start + timedelta(minutes=60))
    tick(browser, cast, "out")
    page = browser.post(path(cast, "/confirm")).text
    assert "已确认 1 人，共 1 小时，记积分" in page
    assert "<strong>张还在</strong>：还没有签退" in page
    assert "<strong>刘海报</strong>：扫的是固定码，还没有点名" in page
    assert "<strong>陈离线</strong>：签到有疑问" in page
    assert "<strong>李阿丽</strong>：您自己的时长" in page


def test_nothing_to_confirm_is_said_on_the_page(cast: World, leader: Desk) -> None:
    answer = leader.post(path(cast, "/confirm"))
    assert (answer.status_code, "现在没有可以确认的时长" in answer.text) == (409, True)


def test_forgotten_end_is_set_with_a_reason(cast: World, leader: Desk, frozen: Any) -> None:
    tick(leader, cast, "in")
    later = cast.shift.ends_at + timedelta(minutes=5)
    frozen(later)
    leader.log_in(cast.ali, later)
    where = path(cast, f"/records/{record().id}/end")
    silent = leader.post(where, {"ends": "14:30", "reason": " "})
    told = leader.post(where, {"ends": "14:30", "reason": "我看着他走的"})
    assert (silent.status_code, told.status_code, record().minutes) == (400, 303, 90)


@pytest.mark.parametrize("ends", ["12:00", "18:30", "25:99", "", "早上"])
def test_impossible_end_is_refused_on_the_page(cast: World, leader: Desk, frozen: Any, ends: str) -> None:
    tick(leader, cast, "in")
    later = cast.shift.ends_at + timedelta(minutes=5)
    frozen(later)
    leader.log_in(cast.ali, later)
    answer = leader.post(path(cast, f"/records/{record().id}/end"), {"ends": ends, "reason": "记错了"})
    assert (answer.status_code, "离开的时间不对" in answer.text, record().out_at) == (400, True, None)


def test_void_needs_a_reason_and_takes_the_record_out(cast: World, leader: Desk) -> None:
    tick(leader, cast, "in")
    where = path(cast, f"/records/{record().id}/void")
    assert (leader.post(where).status_code, record().state) == (400, "pending")
    assert (leader.post(where, {"reason": "扫错了"}).status_code, record().state) == (303, "void")


def test_check_in_is_taken_back_and_may_come_again(cast: World, leader: Desk) -> None:
    tick(leader, cast, "in")
    where = path(cast, f"/records/{record().id}/undo")
    assert "签错了，撤回" in leader.get(path(cast, f"/records/{record().id}")).text
    assert leader.post(where, {"side": "in"}).status_code == 400
    assert leader.post(where, {"side": "in", "reason": "点错了人"}).status_code == 303
    assert (record().state, record().why) == ("void", "undone")
    tick(leader, cast, "in")
    assert record().state == "pending"


def test_doubted_scan_is_looked_at(cast: World, leader: Desk) -> None:
    tick(leader, cast, "in")
    store.write(ServiceRecord.update(needs_review="in:old").execute)
    where = path(cast, f"/records/{record().id}")
    assert "超过三天才上传" in leader.get(where).text
    assert leader.post(f"{where}/review", {"believe": "1", "reason": "问过了"}).status_code == 303
    assert record().needs_review == ""


def test_record_of_another_activity_is_not_found_under_this_one(cast: World, leader: Desk) -> None:
    from tests.support.world import make_activity

    tick(leader, cast, "in")
    other, _ = make_activity(cast.shift.starts_at, cast.team)
    answer = leader.post(f"/console/activities/{other.code}/records/{record().id}/void", {"reason": "x"})
    assert (answer.status_code, record().state) == (404, "pending")


def test_thirty_minutes_more_in_one_tap(cast: World, leader: Desk) -> None:
    before = cast.activity.ends_at
    leader.post(path(cast, "/extend"))
    assert type(cast.activity).get_by_id(cast.activity.id).ends_at - before == timedelta(minutes=30)


def test_end_moved_afterwards_needs_a_reason(cast: World, leader: Desk, frozen: Any) -> None:
    later = cast.shift.ends_at + timedelta(minutes=50)
    frozen(later)
    leader.log_in(cast.ali, later)
    silent = leader.post(path(cast, "/extend"), {"ends": "15:40"})
    told = leader.post(path(cast, "/extend"), {"ends": "15:40", "reason": "水位还在涨"})
    ends = type(cast.activity).get_by_id(cast.activity.id).ends_at
    assert (silent.status_code, told.status_code, ends - cast.activity.ends_at) == (
        400,
        303,
        timedelta(minutes=40),
    )
    assert "水位还在涨" in leader.get(path(cast)).text


WRITES = (
    "/tick",
    "/makeup",
    "/confirm",
    "/extend",
    "/publish",
    "/cancel",
    "/edit",
    "/quota",
    "/records/1/void",
)


@pytest.mark.parametrize("where", WRITES)
def test_write_without_the_token_or_from_a_foreign_page_is_refused(
    cast: World, leader: Desk, where: str
) -> None:
    bare = leader.post(path(cast, where), {"reason": "x"}, csrf=False)
    foreign = leader.post(path(cast, where), {"reason": "x"}, Origin="https://evil.example")
    assert (bare.status_code, foreign.status_code) == (403, 403)


@pytest.mark.parametrize("where", WRITES)
def test_stranger_changes_nothing_and_learns_nothing(
    cast: World, desk: Callable[..., Desk], leader: Desk, where: str
) -> None:
    from tests.support.world import grant

    store.write(lambda: grant(cast.activity.created_at, cast.chali, "team_leader", team=cast.other_team))
    stranger = desk()
    stranger.log_in(cast.chali, cast.shift.starts_at)
    answer = stranger.post(
        path(cast, where), {"direction": "in", "shift": cast.shift.code, "person": cast.xiaobo.public_no}
    )
    assert (answer.status_code, ServiceRecord.select().count()) == (404, 0)


def test_record_and_activity_tell_their_history(leader: Desk, cast: World, frozen: Any) -> None:
    tick(leader, cast, "in")
    one = record()
    frozen(cast.shift.starts_at + timedelta(minutes=5))
    leader.post(path(cast, f"/records/{one.id}/void"), {"reason": "扫错了人"})
    page = leader.get(path(cast, f"/records/{one.id}")).text
    assert "李阿丽　作废" in page
    assert "状态：待确认 改为 已作废　扫错了人" in page
    leader.post(path(cast, "/extend"))
    assert "李阿丽　改结束时间" in leader.get(path(cast)).text


def test_long_text_in_history_is_cut(leader: Desk, cast: World) -> None:
    store.write(
        lambda: audit.changed(
            actor=cast.actor(cast.ali), verb="edited", subject=f"activity:{cast.activity.id}",
            changes={"content": ["", "巡" * 500], "domain": ["D3", "D1"]}, at=cast.shift.starts_at,
        )
    )  # fmt: skip
    shown = leader.get(path(cast)).text
    assert "做什么：（空） 改为 " + "巡" * 60 + "……" in shown
    assert "服务类别：基层社会治理 改为 乡村振兴" in shown
