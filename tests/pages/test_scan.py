"""A scan in the browser: the moment is kept before anybody is known, and redeemed once (design §6.2)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from models import Attempt, ScanTicket, ServiceRecord, WechatIdentity
from services import codes
from services.participation import digits, revocations, scan_codes
from tests.support.world import make_activity, make_identity, sign_up
from wechat.gateway import WebLogin


@pytest.fixture
def begins(at: datetime) -> timedelta:
    return timedelta(minutes=10)


@pytest.fixture
def venue(cast: Any, at: datetime, begins: timedelta) -> Any:
    """An activity that begins in ten minutes, 小博 signed up, and its code on the screen now."""
    _, shift = make_activity(at, cast.team, starts_in=begins, title="清洁河岸")
    sign_up(at, shift, cast.xiaobo)
    return shift


def code_of(shift: Any, at: datetime, direction: str = "in") -> str:
    return codes.venue_code(shift_code=shift.code, shift_key=shift.code_key, direction=direction, at=at)


def test_scan_of_a_logged_in_phone_checks_in(venue: Any, cast: Any, phone: Any, at: datetime) -> None:
    mine = phone(cast.xiaobo)
    first = mine.get(f"/q/{code_of(venue, at)}")
    assert (first.status_code, first.location) == (303, "/m/scan")
    assert ServiceRecord.select().count() == 0
    page = mine.get("/m/scan")
    assert "确认签到" in page.text
    assert "清洁河岸" in page.text
    done = mine.post("/m/scan")
    assert done.status_code == 200
    assert "签到成功" in done.text
    assert "09:00" in done.text
    record = ServiceRecord.get()
    assert (record.volunteer_id, record.in_at, record.in_mode) == (cast.xiaobo.id, at, "rotating")


def test_first_request_counts_though_log_in_takes_five_minutes(
    venue: Any, cast: Any, phone: Any, at: datetime, frozen: Any, gateway: Any
) -> None:
    openid = WechatIdentity.get(WechatIdentity.volunteer == cast.xiaobo, WechatIdentity.kind == "oa").openid
    gateway.web_logins["code-1"] = WebLogin(openid)
    mine = phone()
    code = code_of(venue, at)
    mine.get(f"/q/{code}")
    login = mine.get("/m/scan")
    assert login.location == "/m/login?next=/m/scan"
    away = mine.get(login.location).location
    frozen(at + timedelta(minutes=5))
    assert scan_codes.read_code(code=code, at=at + timedelta(minutes=5)).problem == "code_expired"
    state = parse_qs(urlsplit(away).query)["state"][0]
    back = mine.get(f"/m/oauth?code=code-1&state={state}")
    assert back.location == "/m/scan"
    page = mine.get("/m/scan").text
    mine.csrf = page.split('name="csrf" value="')[1].split('"')[0]
    assert "签到成功" in mine.post("/m/scan").text
    assert ServiceRecord.get().in_at == at


def test_same_code_again_in_the_same_browser_is_the_same_ticket(
    venue: Any, cast: Any, phone: Any, at: datetime, frozen: Any
) -> None:
    mine = phone(cast.xiaobo)
    path = f"/q/{code_of(venue, at)}"
    mine.get(path)
    frozen(at + timedelta(minutes=4))
    assert mine.get(path).location == "/m/scan"
    assert ScanTicket.select().count() == 1


def test_ticket_is_spent_once_and_a_repeat_says_the_same(
    venue: Any, cast: Any, phone: Any, at: datetime, frozen: Any
) -> None:
    mine = phone(cast.xiaobo)
    mine.get(f"/q/{code_of(venue, at)}")
    mine.post("/m/scan")
    frozen(at + timedelta(minutes=2))
    again = mine.post("/m/scan")
    assert "您已经签过到了" in again.text
    assert "09:00" in again.text
    assert ServiceRecord.select().count() == 1


def test_ticket_of_another_phone_that_was_spent_is_refused(
    venue: Any, cast: Any, phone: Any, at: datetime
) -> None:
    mine, other = phone(cast.xiaobo), phone(cast.chali)
    mine.get(f"/q/{code_of(venue, at)}")
    mine.post("/m/scan")
    other.client.set_cookie("ticket", mine.client.get_cookie("ticket").value)
    assert other.post("/m/scan").status_code == 404
    assert ServiceRecord.select().count() == 1


def test_phone_without_the_cookie_has_no_ticket(venue: Any, cast: Any, phone: Any, at: datetime) -> None:
    phone(cast.xiaobo).get(f"/q/{code_of(venue, at)}")
    foreign = phone(cast.chali)
    assert "还没有扫码" in foreign.get("/m/scan").text
    assert foreign.post("/m/scan").status_code == 404
    assert ServiceRecord.select().count() == 0


def test_ticket_cookie_is_hidden_from_scripts_and_short(
    venue: Any, cast: Any, phone: Any, at: datetime
) -> None:
    header = next(
        value
        for value in phone().get(f"/q/{code_of(venue, at)}").headers.getlist("Set-Cookie")
        if "ticket" in value
    )
    assert "HttpOnly" in header
    assert "Max-Age=600" in header
    assert "SameSite=Lax" in header


def test_expired_code_says_what_to_do_and_keeps_the_attempt(
    venue: Any, cast: Any, phone: Any, at: datetime, frozen: Any
) -> None:
    frozen(at + timedelta(minutes=5))
    page = phone(cast.xiaobo).get(f"/q/{code_of(venue, at)}")
    assert page.status_code == 410
    assert "再扫一次" in page.text
    assert "我的码" in page.text
    assert [row.reason for row in Attempt.select()] == ["code_expired"]


def test_forged_code_is_refused(venue: Any, cast: Any, phone: Any, at: datetime) -> None:
    good = code_of(venue, at)
    code = good[:-1] + ("2" if good[-1] != "2" else "3")
    assert phone(cast.xiaobo).get(f"/q/{code}").status_code == 400
    assert ScanTicket.select().count() == 0


@pytest.mark.parametrize(
    "code", ["zz", "i1.a.b.c", "p1.x.i.y", "v1.n.1.x", "i1." + "a" * 300, "%00", "a1", "i1.%E6%88%91.1.2"]
)
def test_nonsense_under_q_is_refused_in_words(cast: Any, phone: Any, code: str) -> None:
    answer = phone(cast.xiaobo).get(f"/q/{code}")
    assert answer.status_code in (400, 404)
    assert "请看一下" in answer.text


def test_page_outside_wechat_keeps_the_moment_and_shows_digits(
    venue: Any, cast: Any, phone: Any, at: datetime, frozen: Any
) -> None:
    other = phone(wechat=False)
    other.get(f"/q/{code_of(venue, at)}")
    page = other.get("/m/scan").text
    shown = page.split('class="digits">签到 ')[1][:6]
    assert "data:image/png" in page  # the account's own QR code, to follow it first
    assert shown.isdigit()
    assert "09:00" in page
    assert f"签到 {shown}" in other.get("/m/scan").text  # the same ones when loaded again
    assert other.get("/m/scan/state").json == {"state": "waiting"}
    frozen(at + timedelta(minutes=3))
    claim = digits.redeem(digits=shown, openid="oa-chat", at=at + timedelta(minutes=3))
    assert (claim.purpose, claim.subject) == ("scan", ScanTicket.get().secret_hash)


def test_digits_page_hears_that_the_chat_spent_the_ticket(
    venue: Any, cast: Any, phone: Any, at: datetime
) -> None:
    other = phone(wechat=False)
    other.get(f"/q/{code_of(venue, at)}")
    chat = WechatIdentity.get(WechatIdentity.volunteer == cast.xiaobo, WechatIdentity.kind == "oa")
    ScanTicket.update(used_at=at, used_by=chat.id).execute()
    assert other.get("/m/scan/state").json == {"state": "used"}
    assert "收到了" in other.get("/m/scan").text


def test_digits_page_hears_that_time_is_over(
    venue: Any, cast: Any, phone: Any, at: datetime, frozen: Any
) -> None:
    other = phone(wechat=False)
    other.get(f"/q/{code_of(venue, at)}")
    frozen(at + timedelta(minutes=11))
    assert other.get("/m/scan/state").json == {"state": "expired"}
    assert other.get("/m/scan").status_code == 410


def test_poster_waits_for_the_leader_to_name_him(venue: Any, cast: Any, phone: Any) -> None:
    mine = phone(cast.xiaobo)
    mine.get(f"/q/{codes.poster_code(shift_code=venue.code, shift_key=venue.code_key, direction='in')}")
    assert "点名确认" in mine.post("/m/scan").text
    assert ServiceRecord.get().needs_naming


def test_check_out_shows_the_minutes(venue: Any, cast: Any, phone: Any, at: datetime, frozen: Any) -> None:
    mine = phone(cast.xiaobo)
    mine.get(f"/q/{code_of(venue, at)}")
    mine.post("/m/scan")
    later = at + timedelta(minutes=100)
    frozen(later)
    mine.get(f"/q/{code_of(venue, later, 'out')}")
    assert "确认签退" in mine.get("/m/scan").text
    page = mine.post("/m/scan").text
    assert "签退成功" in page
    assert "1 小时 30 分钟" in page


def test_scan_of_somebody_unregistered_goes_to_registration(
    venue: Any, cast: Any, phone: Any, at: datetime
) -> None:
    mine = phone()
    mine.log_in(None, at, make_identity(at, None))
    mine.get(f"/q/{code_of(venue, at)}")
    assert mine.get("/m/scan").location == "/m/register?next=/m/scan"
    assert "刚才扫的码已经记下了" in mine.get("/m/register?next=/m/scan").text


def test_activity_code_opens_its_page(cast: Any, phone: Any) -> None:
    assert phone().get(f"/q/a1.{cast.activity.code}").location == f"/m/activities/{cast.activity.code}"


def person_code(cast: Any, at: datetime, app: Any) -> str:
    return codes.person_code(
        sign_key=app.extensions["parts"].sign_key,
        public_no=cast.xiaobo.public_no,
        expires_at=at + timedelta(hours=1),
    )


def test_leader_checks_a_scanned_person_in_with_one_tap(
    venue: Any, cast: Any, phone: Any, app: Any, at: datetime
) -> None:
    leader, code = phone(cast.ali), person_code(cast, at, app)
    page = leader.get(f"/q/{code}").text
    assert "王小博" in page
    assert "给他签到" in page
    done = leader.post("/m/person", {"code": code, "shift": venue.code, "direction": "in"})
    assert done.status_code == 200
    assert "王小博　签到好了" in done.text
    record = ServiceRecord.get()
    assert (record.volunteer_id, record.in_mode) == (cast.xiaobo.id, "person")


def test_stranger_sees_a_masked_name_and_cannot_check_in(
    venue: Any, cast: Any, phone: Any, app: Any, at: datetime
) -> None:
    code = person_code(cast, at, app)
    for other in (phone(cast.chali), phone(wechat=False)):
        page = other.get(f"/q/{code}").text
        assert "王小博" not in page
        assert "给他签到" not in page
        assert "个人码" in page
    stranger = phone(cast.chali)
    assert (
        stranger.post("/m/person", {"code": code, "shift": venue.code, "direction": "in"}).status_code == 404
    )
    assert ServiceRecord.select().count() == 0


def test_old_screenshot_of_a_person_is_explained(
    venue: Any, cast: Any, phone: Any, app: Any, at: datetime, frozen: Any
) -> None:
    code = person_code(cast, at, app)
    frozen(at + timedelta(hours=2))
    leader = phone(cast.ali)
    page = leader.get(f"/q/{code}").text
    assert "这个码过期了" in page
    assert "给他签到" not in page


def test_code_taken_back_says_so_before_the_leader_taps(
    venue: Any, cast: Any, phone: Any, app: Any, at: datetime
) -> None:
    code = person_code(cast, at, app)
    revocations.revoke(actor=cast.actor(cast.xiaobo), public_no=cast.xiaobo.public_no, reason="", at=at)
    page = phone(cast.ali).get(f"/q/{code}")
    assert (page.status_code, "已经作废" in page.text, "给他签到" in page.text) == (410, True, False)


def test_first_registration_in_between_costs_no_time(
    venue: Any, cast: Any, phone: Any, at: datetime, frozen: Any
) -> None:
    mine = phone()
    mine.log_in(None, at, make_identity(at, None))
    mine.get(f"/q/{code_of(venue, at)}")
    frozen(at + timedelta(minutes=8))
    typed = {
        "name": "张建国", "document": "341522196005010016", "phone": "13800001234", "identity": "social",
        "region": cast.xiaobo.region_code, "consent": ["service", "id_number"], "next": "/m/scan",
    }  # fmt: skip
    assert mine.post("/m/register", typed).location == "/m/scan"
    assert "确认签到" in mine.get("/m/scan").text
    assert "签到成功" in mine.post("/m/scan").text
    assert ServiceRecord.get().in_at == at
