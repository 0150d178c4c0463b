"""Every page is there, whole, escaped, and refuses what did not come from itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from models import (
    Activity,
    Delivery,
    Notice,
    Position,
    ServiceRecord,
    Session,
    Shift,
    Signup,
    Team,
    Volunteer,
    store,
)
from services.participation import activities, digits, shift_moves
from tests.support.world import make_activity, make_identity, sign_up

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)

PATHS = ["/m", "/m/activities", "/m/hours", "/m/points", "/m/code", "/m/inbox", "/m/me"]
EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"


def record_of(cast: Any, at: datetime, **more: Any) -> ServiceRecord:
    fields = {
        "shift": cast.shift, "activity": cast.activity, "team": cast.team, "volunteer": cast.xiaobo,
        "region_code": cast.team.region_code, "local_day": "2026-06-09", "in_at": at - timedelta(hours=20),
        "out_at": at - timedelta(hours=18), "minutes": 120, "why": "counted", "rule_set": cast.hours_rule,
        "created_at": at, "updated_at": at, **more,
    }  # fmt: skip
    return ServiceRecord.create(**fields)


def message_to(cast: Any, at: datetime, **more: Any) -> Delivery:
    notice = Notice.create(kind="broadcast", text="x", created_at=at)
    fields = {
        "notice": notice, "volunteer": cast.xiaobo, "kind": "broadcast", "dedupe_key": f"k{notice.id}", "title": "明天早点来",
        "body": "带上雨衣", "url": "/m/activities", "data": {}, "due_at": at, "created_at": at, "state": "inbox", **more,
    }  # fmt: skip
    return Delivery.create(**fields)


@pytest.mark.parametrize("path", PATHS)
def test_page_of_a_new_volunteer_is_whole(cast: Any, phone: Any, path: str) -> None:
    page = phone(cast.xiaobo).get(path)
    assert page.status_code == 200
    assert "None" not in page.text and "undefined" not in page.text
    assert 'class="dock"' in page.text


@pytest.mark.parametrize("path", PATHS)
def test_page_of_a_busy_volunteer_is_whole(cast: Any, phone: Any, path: str, at: datetime) -> None:
    sign_up(at, cast.shift, cast.xiaobo)
    record_of(cast, at)
    message_to(cast, at)
    page = phone(cast.xiaobo).get(path)
    assert page.status_code == 200
    assert "None" not in page.text and "undefined" not in page.text


@pytest.mark.parametrize("path", ["/m", "/m/activities", "/m/register"])
def test_page_for_somebody_unregistered_is_whole(cast: Any, phone: Any, at: datetime, path: str) -> None:
    mine = phone()
    mine.log_in(None, at, make_identity(at, None))
    assert mine.get(path).status_code == 200


@pytest.mark.parametrize("path", ["/m/hours", "/m/points", "/m/code", "/m/inbox", "/m/me"])
def test_own_page_of_somebody_unregistered_leads_to_registration(
    cast: Any, phone: Any, at: datetime, path: str
) -> None:
    mine = phone()
    mine.log_in(None, at, make_identity(at, None))
    page = mine.get(path)
    assert page.status_code == 403 and f"/m/register?next={path}" in page.text


@pytest.mark.parametrize("path", ["/m", "/m/hours", "/m/inbox", "/m/me", "/m/activities", "/m/code"])
def test_page_without_log_in_outside_wechat_says_what_to_do(cast: Any, phone: Any, path: str) -> None:
    page = phone(wechat=False).get(path, follow_redirects=True)
    assert page.status_code == 200 and "请用微信打开" in page.text


def test_home_shows_next_activity_and_hours(cast: Any, phone: Any, at: datetime) -> None:
    sign_up(at, cast.shift, cast.xiaobo)
    page = phone(cast.xiaobo).get("/m").text
    assert (
        cast.activity.title in page
        and '今天 6月10日（周三） <span class="nowrap">13:00–15:00</span>' in page
        and "累计服务" in page
    )


def test_home_says_that_an_activity_was_cancelled(cast: Any, phone: Any, at: datetime) -> None:
    sign_up(at, cast.shift, cast.xiaobo)
    Activity.update(state="cancelled").execute()
    assert "请不要去现场" in phone(cast.xiaobo).get("/m").text


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "等确认"),
        ({"state": "confirmed"}, "已确认"),
        ({"out_at": None, "minutes": 0, "why": ""}, "已签到"),
        ({"out_at": None, "minutes": 0, "why": "forgotten"}, "没有签退"),
        ({"minutes": 0, "why": "too_short"}, "不到一分钟"),
        ({"needs_naming": True}, "等点名"),
        ({"state": "void", "why": "void"}, "不算"),
        ({"state": "disputed"}, "正在核对"),
    ],
)  # fmt: skip
def test_state_of_a_record_is_said_in_words(
    cast: Any, phone: Any, at: datetime, fields: dict[str, Any], words: str
) -> None:
    record_of(cast, at, **fields)
    assert f">{words}</span>" in phone(cast.xiaobo).get("/m/hours").text


def test_objection_is_offered_only_while_it_may_be_raised(cast: Any, phone: Any, at: datetime) -> None:
    late = {"state": "confirmed", "confirmed_at": at - timedelta(days=8)}
    record_of(cast, at, **late)
    _, shift = make_activity(at, cast.team)
    open_one = record_of(cast, at, shift=shift, activity=shift.activity_id, state="confirmed", confirmed_at=at)
    text = phone(cast.xiaobo).get("/m/hours").text
    assert text.count("提出异议</a>") == 1
    assert f"/m/objections/new?record={open_one.id}" in text


def test_long_list_of_hours_goes_on(cast: Any, phone: Any, at: datetime) -> None:
    for number in range(25):
        _, shift = make_activity(at, cast.team, title=f"第{number}次")
        record_of(cast, at, shift=shift, activity=shift.activity_id)
    mine = phone(cast.xiaobo)
    first = mine.get("/m/hours").text
    assert "第24次" in first and "第4次" not in first
    onward = first.split('href="/m/hours?after=')[1].split('"')[0]
    rest = mine.get(f"/m/hours?after={onward}").text
    assert "第4次" in rest and "第0次" in rest and "看更早的" not in rest


def test_code_page_shows_a_code_that_scans(cast: Any, phone: Any) -> None:
    page = phone(cast.xiaobo).get("/m/code").text
    assert "王小博" in page and "data:image/svg+xml," in page and "截一张图" in page


def test_opening_the_inbox_marks_as_read(cast: Any, phone: Any, at: datetime) -> None:
    message_to(cast, at)
    mine = phone(cast.xiaobo)
    assert "您有 1 条新消息" in mine.get("/m").text
    mine.get("/m/inbox", headers={"Sec-Purpose": "prefetch"})
    assert Delivery.get().read_at is None
    assert "带上雨衣" in mine.get("/m/inbox").text
    assert Delivery.get().read_at == at
    assert "条新消息" not in mine.get("/m").text


def test_signing_up_needs_the_risk_notice(cast: Any, phone: Any) -> None:
    mine = phone(cast.xiaobo)
    path = f"/m/activities/{cast.activity.code}"
    page = mine.get(path).text
    assert "岸边湿滑" in page and "还要 10 人" in page and ">报名</button>" in page
    refused = mine.post(f"{path}/signup", {"shift": cast.shift.code})
    assert refused.status_code == 400 and "勾选“我已知晓”" in refused.text
    assert Signup.select().count() == 0


def test_signing_up_and_leaving_again(cast: Any, phone: Any) -> None:
    mine = phone(cast.xiaobo)
    path = f"/m/activities/{cast.activity.code}"
    done = mine.post(f"{path}/signup", {"shift": cast.shift.code, "risk": "yes"})
    assert done.location == f"{path}?done=signed_up"
    page = mine.get(done.location).text
    assert "报名成功" in page and "确定取消报名" in page and ">报名</button>" not in page
    gone = mine.post(f"{path}/cancel", {"shift": cast.shift.code})
    assert "已经取消报名" in mine.get(gone.location).text
    assert [row.state for row in Signup.select()] == ["cancelled"]


def test_full_activity_offers_the_queue_and_no_sign_up(cast: Any, phone: Any, at: datetime) -> None:
    Shift.update(taken=Shift.quota).execute()
    mine = phone(cast.xiaobo)
    path = f"/m/activities/{cast.activity.code}"
    page = mine.get(path).text
    assert ("已报满，可以候补" in page, ">报名</button>" in page) == (True, False)
    late = mine.post(f"{path}/signup", {"shift": cast.shift.code, "risk": "yes"})
    assert late.status_code == 409 and "名额已经满了" in late.text


def test_unknown_activity_is_not_found(cast: Any, phone: Any) -> None:
    assert phone(cast.xiaobo).get("/m/activities/nothing").status_code == 404


def test_texts_of_people_come_out_escaped(cast: Any, phone: Any, at: datetime) -> None:
    Activity.update(
        title=EVIL, place=EVIL, content=EVIL, risk_notice=EVIL, conditions=EVIL, safeguards=EVIL, contact=EVIL
    ).execute()
    Position.update(name=EVIL, requirement=EVIL).execute()
    Volunteer.update(name=EVIL).execute()
    Team.update(name=EVIL, short_name=EVIL).execute()
    sign_up(at, cast.shift, cast.xiaobo)
    record_of(cast, at)
    message_to(cast, at, title=EVIL, body=EVIL, url=f"javascript:{EVIL}")
    mine = phone(cast.xiaobo)
    for path in [*PATHS, f"/m/activities/{cast.activity.code}", f"/m/register?q={EVIL}", f"/q/{EVIL}"]:
        text = mine.get(path).text
        assert "<script>alert" not in text and "<img src=x" not in text and "javascript:" not in text


def test_typed_texts_come_back_escaped(cast: Any, phone: Any, at: datetime) -> None:
    mine = phone()
    mine.log_in(None, at, make_identity(at, None))
    assert "<script>alert" not in mine.get("/m/register", query_string={"q": EVIL, "next": EVIL}).text
    typed = {
        "name": EVIL,
        "document": EVIL,
        "phone": EVIL,
        "identity": EVIL,
        "region": cast.xiaobo.region_code,
    }
    answer = mine.post("/m/register", typed)
    assert answer.status_code == 400 and "<script>alert" not in answer.text


@pytest.mark.parametrize(
    "path", ["/m/scan", "/m/person", "/m/me/team", "/m/me/digits", "/m/me/logout", "/m/register", "/l/token",
             "/m/activities/x/signup", "/m/activities/x/cancel"],
)  # fmt: skip
def test_post_that_is_not_ours_is_refused(cast: Any, phone: Any, path: str) -> None:
    mine = phone(cast.xiaobo)
    assert mine.post(path, csrf=False).status_code == 403
    assert mine.post(path, headers={"Origin": "https://evil.cn"}).status_code == 403
    assert Session.select().where(Session.revoked_at.is_null()).count() == 1


def test_pages_run_no_inline_script_and_may_not_be_framed(cast: Any, phone: Any) -> None:
    answer = phone(cast.xiaobo).get("/m")
    policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy and "frame-ancestors 'none'" in policy
    assert "onclick" not in answer.text and "style=" not in answer.text and answer.text.count("<script") == 1


def test_digits_join_the_chat_to_this_person(cast: Any, phone: Any, at: datetime) -> None:
    mine = phone(cast.xiaobo)
    shown = mine.post("/m/me/digits").text.split('class="digits">')[1][:6]
    claim = digits.redeem(digits=shown, openid="oa-other", at=at)
    assert claim.purpose == "join"


def test_logging_out_ends_every_session(cast: Any, phone: Any) -> None:
    here, there = phone(cast.xiaobo), phone(cast.xiaobo)
    assert "已经退出" in here.post("/m/me/logout").text
    assert there.get("/m").location == "/m/login?next=/m"


@pytest.fixture
def newcomer(cast: Any, phone: Callable[..., Any], at: datetime) -> Any:
    """A phone that is logged in but whose owner is not registered, and what he would type."""
    mine = phone()
    mine.log_in(None, at, make_identity(at, None))
    mine.typed = {
        "name": "张建国", "document": "341522196005010016", "phone": "13800001234", "identity": "veteran",
        "region": cast.xiaobo.region_code, "consent": ["service", "id_number", "veteran_status"],
    }  # fmt: skip
    return mine


def test_village_is_found_by_search_and_step_by_step(newcomer: Any) -> None:
    found = newcomer.get("/m/register?q=东湖").text
    assert "region=341522100201" in found and "六安市霍邱县城关镇东湖社区" in found
    assert "under=3415" in newcomer.get("/m/register").text
    county = newcomer.get("/m/register?under=341522").text
    assert "under=341522100" in county and "回到上一级" in county
    town = newcomer.get("/m/register?under=341522100").text
    assert "region=341522100201" in town and "就选城关镇" in town


def test_registering_goes_on_to_where_he_was_going(newcomer: Any) -> None:
    form = newcomer.get("/m/register?region=341522100201&next=/m/scan").text
    assert "六安市霍邱县城关镇东湖社区" in form and form.count('name="consent"') == 3 and "PIPL" not in form
    done = newcomer.post("/m/register", {**newcomer.typed, "next": "/m/scan"})
    assert (done.status_code, done.location) == (303, "/m/scan")
    person = Volunteer.get(Volunteer.name == "张建国")
    assert (person.state, person.phone_proof, person.identity) == ("active", "none", "veteran")
    assert "张建国" in newcomer.get("/m?done=registered").text


def test_registering_never_leads_out_of_the_house(newcomer: Any) -> None:
    assert (
        newcomer.post("/m/register", {**newcomer.typed, "next": "//evil.cn"}).location == "/m?done=registered"
    )


@pytest.mark.parametrize(
    ("change", "field"),
    [({"name": ""}, "name"), ({"document": "341522196005010011"}, "document"), ({"phone": "12"}, "phone"),
     ({"consent": ["service"]}, "consent"), ({"identity": ""}, "identity")],
)  # fmt: skip
def test_wrong_field_is_named_and_nothing_typed_is_lost(
    newcomer: Any, change: dict[str, Any], field: str
) -> None:
    answer = newcomer.post("/m/register", {**newcomer.typed, **change})
    assert answer.status_code == 400
    assert f'id="{field}-error"' in answer.text
    assert field == "name" or 'value="张建国"' in answer.text
    assert Volunteer.select().where(Volunteer.name == "张建国").count() == 0


@pytest.mark.parametrize(
    "query", ["?under=99", "?under=x", "?region=341522999", "?under=%00", "?q=%00", "?q=%25_"]
)
def test_nonsense_divisions_are_no_fault(newcomer: Any, query: str) -> None:
    assert newcomer.get(f"/m/register{query}").status_code in (200, 400, 404)


@pytest.mark.parametrize(
    "query", ["?after=x", "?after=-1", "?after=99999999999999999999", "?after=%00", "?after=²"]
)
@pytest.mark.parametrize("path", ["/m/hours", "/m/points", "/m/inbox", "/m/activities"])
def test_nonsense_places_in_a_list_are_no_fault(cast: Any, phone: Any, path: str, query: str) -> None:
    assert phone(cast.xiaobo).get(path + query).status_code in (200, 400)


def test_verification_file_is_served_at_both_places(cast: Any, phone: Any, app: Any, tmp_path: Path) -> None:
    app.static_folder = str(tmp_path)
    (tmp_path / "wechat-verify").mkdir()
    (tmp_path / "wechat-verify/MP_verify_abc.txt").write_text("abc")
    (tmp_path / "secret.txt").write_text("secret")
    for path in ("/MP_verify_abc.txt", "/q/MP_verify_abc.txt"):
        answer = phone().get(path)
        assert (answer.status_code, answer.text, answer.mimetype) == (200, "abc", "text/plain")
    for path in (
        "/none.txt",
        "/q/none.txt",
        "/..%2Fsecret.txt",
        "/q/..%2fsecret.txt",
        "/a.txt",
        "/%00abc.txt",
    ):
        assert phone().get(path).status_code == 404


def test_move_is_shown_until_it_is_acknowledged(cast: Any, phone: Any, at: datetime) -> None:
    store.write(lambda: sign_up(at, cast.shift, cast.xiaobo))
    activities.edit(actor=cast.actor(cast.ali), code=cast.activity.code, changes={"place": "五号闸"}, at=at)
    browser, path = phone(cast.xiaobo), f"/m/activities/{cast.activity.code}"
    page = browser.get(path).text
    assert ("时间地点改了" in page, "<s>淮河大堤</s>" in page, "五号闸" in page) == (True, True, True)
    answer = browser.post(path + "/read")
    assert answer.location == f"{path}?done=read"
    assert "时间地点改了" not in browser.get(answer.location).text


def test_moved_shift_is_read_where_he_signed_up(cast: Any, phone: Any, at: datetime) -> None:
    store.write(lambda: sign_up(at, cast.shift, cast.xiaobo))
    starts, ends = cast.shift.starts_at + timedelta(minutes=15), cast.shift.ends_at
    shift_moves.move(actor=cast.actor(cast.ali), shift_code=cast.shift.code, starts_at=starts, ends_at=ends, at=at)
    path = f"/m/activities/{cast.activity.code}"
    browser = phone(cast.xiaobo)
    assert [word in browser.get(path).text for word in ("时间地点改了", "清洁员：", "知道了")] == [True] * 3
    assert browser.post(path + "/read").location == f"{path}?done=read"
    assert "时间地点改了" not in browser.get(path).text
