"""Six digits from another screen: a scan outside WeChat, a console log-in, joining two identities."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from models import LoginTicket, ServiceRecord, WechatIdentity, store
from services import codes
from services.accounts import console_login, joining
from services.participation import scan_codes
from services.participation.digits import issue
from tests.bot.chat import Phone, WeChat
from tests.support.fakes import make_parts
from tests.support.world import World, make_identity

Of = Callable[[Any], Phone]
Later = Callable[[datetime], None]


def scanned_elsewhere(cast: World, at: datetime) -> str:
    """The digits that a browser outside WeChat shows after scanning the leader's screen at `at`."""
    code = codes.venue_code(shift_code=cast.shift.code, shift_key=cast.shift.code_key, direction="in", at=at)
    ticket = scan_codes.open_scan(code=code, door="pages", at=at)
    return scan_codes.ticket_digits(token=ticket.token, at=at)


@pytest.mark.parametrize("form", ["{}", "签到 {}", "簽到：{}", "　{}。"])
def test_digits_of_a_scan_check_in_at_the_moment_of_the_scan(
    phone: Of, cast: World, later: Later, form: str
) -> None:
    start = cast.shift.starts_at
    digits = scanned_elsewhere(cast, start)
    later(start + timedelta(minutes=4))
    assert phone(cast.xiaobo).says(form.format(digits)).startswith("签到成功 13:00")
    assert ServiceRecord.get().in_at == start


def test_digits_work_once(phone: Of, cast: World, later: Later) -> None:
    start = cast.shift.starts_at
    digits = scanned_elsewhere(cast, start)
    later(start)
    phone(cast.xiaobo).says(digits)
    assert phone(cast.chali).says(digits).startswith("这六位数字已经用过或过期了。")
    assert ServiceRecord.select().count() == 1


def test_scan_of_a_stranger_is_kept_until_he_is_bound(wechat: WeChat, cast: World, later: Later) -> None:
    start = cast.shift.starts_at
    digits = scanned_elsewhere(cast, start)
    later(start + timedelta(minutes=1))
    new = wechat.phone("o-new")
    assert new.says(digits).startswith("您刚才扫的码还留着。")
    store.write(
        lambda: WechatIdentity.update(volunteer=cast.xiaobo).where(WechatIdentity.openid == "o-new").execute()
    )
    later(start + timedelta(minutes=5))
    assert new.says("签到").startswith("签到成功 13:00")
    assert ServiceRecord.get().in_at == start


def test_five_wrong_tries_and_the_sixth_waits(phone: Of, cast: World, at: datetime) -> None:
    person = phone(cast.xiaobo)
    right = issue(purpose="join", subject="1", at=at)
    wrong = "111111" if right != "111111" else "222222"
    answers = [person.says(f"绑定 {wrong}") for _ in range(6)]
    assert {answer.split("。")[0] for answer in answers[:5]} == {"六位数字不对"}
    assert answers[5].startswith("试的次数太多了。")
    assert person.says(right).startswith("试的次数太多了。")


def test_digits_join_the_mini_program_and_the_chat(wechat: WeChat, cast: World, at: datetime) -> None:
    mini = WechatIdentity.get(WechatIdentity.volunteer == cast.xiaobo, WechatIdentity.kind == "mp")
    new = wechat.phone("o-new")
    new.says("你好")
    assert new.says(f"绑定 {joining.show_digits(identity_id=mini.id, at=at)}").startswith("好了，王小博。")
    assert WechatIdentity.get(WechatIdentity.openid == "o-new").volunteer_id == cast.xiaobo.id


def test_digits_of_two_strangers_join_nobody(wechat: WeChat, cast: World, at: datetime) -> None:
    mini = store.write(lambda: make_identity(at, None, "mp"))
    text = wechat.phone("o-new").says(joining.show_digits(identity_id=mini.id, at=at))
    assert text.startswith("您还没有登记为志愿者。")


def test_leader_is_shown_the_computer_and_asked_before_it_comes_in(phone: Of, cast: World, at: datetime) -> None:
    waiting = console_login.begin(device="Windows 电脑，Edge 浏览器", browser="b", at=at)
    leader = phone(cast.ali)
    asked = leader.says(f"登录 {waiting.digits}")
    assert [each in asked for each in ("Windows 电脑，Edge 浏览器", waiting.digits, "09:00", "是别人叫您发数字的")] == [True] * 4
    assert console_login.collect(token=waiting.token, browser="b", at=at) is None
    assert leader.says("确认").startswith("已同意在电脑上登录。")
    assert console_login.collect(token=waiting.token, browser="b", at=at) is not None


def test_question_in_the_chat_has_a_link_to_the_computer_it_asks_about(phone: Of, cast: World, at: datetime) -> None:
    waiting = console_login.begin(device="Chrome", browser="b", at=at)
    asked = phone(cast.ali).says(f"登录 {waiting.digits}")
    link = codes.desk_link(sign_key=make_parts().sign_key, token_hash=codes.token_hash(waiting.token))
    assert f"它和您的手机在不在一个网络里：<a href=\"http://localhost:8000/l/{link}\">点开看</a>" in asked


def test_computer_of_somebody_who_talked_a_leader_into_digits_stays_outside(
    phone: Of, cast: World, at: datetime
) -> None:
    waiting = console_login.begin(device="Chrome", browser="b", at=at)
    leader = phone(cast.ali)
    leader.says(f"登录 {waiting.digits}")
    assert leader.says("算了").startswith("好的，那台电脑没有登录。")
    assert leader.says("确认").startswith("现在没有等您确认的事。")
    assert LoginTicket.get().state == "refused"


def test_yes_that_comes_too_late_lets_no_computer_in(phone: Of, cast: World, at: datetime, later: Later) -> None:
    waiting = console_login.begin(device="Chrome", browser="b", at=at)
    leader = phone(cast.ali)
    leader.says(f"登录 {waiting.digits}")
    later(at + timedelta(minutes=10))
    leader.says("确认")
    assert LoginTicket.get().state == "waiting"


def test_foreign_program_is_joined_to_nobody_before_he_says_yes(phone: Of, cast: World, at: datetime) -> None:
    foreign = store.write(lambda: make_identity(at, None, "mp"))
    victim = phone(cast.ali)
    asked = victim.says(joining.show_digits(identity_id=foreign.id, at=at))
    assert ("李阿丽" in asked, "是别人叫您发数字的" in asked) == (True, True)
    assert WechatIdentity.get_by_id(foreign.id).volunteer_id is None
    assert victim.says("算了").startswith("好的，没有连。")
    victim.says("确认")
    assert WechatIdentity.get_by_id(foreign.id).volunteer_id is None


def test_own_second_program_is_joined_after_a_yes(phone: Of, cast: World, at: datetime) -> None:
    second = store.write(lambda: make_identity(at, None, "mp"))
    mine = phone(cast.ali)
    mine.says(joining.show_digits(identity_id=second.id, at=at))
    assert mine.says("确认").startswith("好了，李阿丽。")
    assert WechatIdentity.get_by_id(second.id).volunteer_id == cast.ali.id


def test_volunteer_without_a_role_lets_no_computer_in(phone: Of, cast: World, at: datetime) -> None:
    waiting = console_login.begin(device="Chrome", browser="b", at=at)
    assert phone(cast.xiaobo).says(f"登录 {waiting.digits}").startswith("您没有这项操作的权限。")
    assert LoginTicket.get().state == "waiting"


def test_stranger_lets_no_computer_in(wechat: WeChat, cast: World, at: datetime) -> None:
    waiting = console_login.begin(device="Chrome", browser="b", at=at)
    assert wechat.phone("o-new").says(waiting.digits).startswith("请先登记，再登录电脑。")
    assert LoginTicket.get().state == "waiting"
