"""The leader's day on his phone, page by page; the rules behind it stand in tests/services/participation."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from PIL import Image

from handlers.qr import svg_uri
from models import (
    Activity,
    ActivityReport,
    Attempt,
    AuditEntry,
    CodeRevocation,
    Delivery,
    OfflineKit,
    ServiceRecord,
    Shift,
    Signup,
    Volunteer,
    store,
)
from services.participation import activities, venue
from storage.disk import Disk
from tests.pages.conftest import Phone
from tests.support import pictures
from tests.support.fakes import make_parts
from tests.support.world import World, grant, make_volunteer, sign_up

MINUTES = timedelta(minutes=1)
NUMBER = "13856400001"


@pytest.fixture
def leader(app: Any, cast: World, at: Any, frozen: Any, phone: Callable[..., Phone], tmp_path: Any) -> Phone:
    """阿丽's phone at the start; 小博 (with a telephone) and 周老三 are signed up."""
    app.extensions["parts"] = replace(app.extensions["parts"], storage=Disk(tmp_path))

    def make() -> None:
        sealed, key = make_parts().vault.seal(NUMBER, f"volunteer.phone:{cast.xiaobo.public_no}")
        Volunteer.update(phone_sealed=sealed, phone_key=key).where(Volunteer.id == cast.xiaobo.id).execute()
        sign_up(at, cast.shift, cast.xiaobo)
        sign_up(at, cast.shift, make_volunteer(at, "周老三"))

    store.write(make)
    frozen(cast.shift.starts_at)
    made = phone()
    made.log_in(cast.ali, cast.shift.starts_at)
    return made


def path(cast: World, more: str = "") -> str:
    return f"/m/lead/{cast.activity.code}{more}"


def mark(leader: Phone, cast: World, act: str, *people: Any) -> Any:
    who = [f"{cast.shift.code}.{person.public_no}" for person in people]
    return leader.post(path(cast, "/mark"), {"act": act, "who": who})


def test_home_leads_a_leader_to_his_day(leader: Phone, cast: World, phone: Callable[..., Phone]) -> None:
    assert "/m/lead" in leader.get("/m").text
    assert path(cast) in leader.get("/m/lead").text
    assert 'href="/console">打开工作台' in leader.get("/m/lead").text
    assert "/m/lead" not in phone(cast.xiaobo).get("/m").text


def test_many_are_checked_in_and_out_at_once(leader: Phone, cast: World, frozen: Any) -> None:
    zhou = Volunteer.get(Volunteer.name == "周老三")
    assert mark(leader, cast, "in", cast.xiaobo, zhou).status_code == 303
    assert "在场 2 人" in leader.get(path(cast)).text
    frozen(cast.shift.starts_at + 30 * MINUTES)
    mark(leader, cast, "out", cast.xiaobo, zhou)
    assert [record.minutes for record in ServiceRecord.select()] == [30, 30]
    assert "已经走了 2 人" in leader.get(path(cast)).text


def test_ones_own_button_marks_him_alone(leader: Phone, cast: World) -> None:
    leader.post(path(cast, "/mark"), {"act": f"in.{cast.shift.code}.{cast.xiaobo.public_no}"})
    assert [record.volunteer_id for record in ServiceRecord.select()] == [cast.xiaobo.id]


def test_nobody_chosen_is_said(leader: Phone, cast: World) -> None:
    assert "还没有选人" in mark(leader, cast, "in").text


def test_who_is_refused_is_named(leader: Phone, cast: World) -> None:
    answer = mark(leader, cast, "out", cast.xiaobo)
    assert "王小博：" in answer.text
    assert ServiceRecord.select().count() == 0


def test_telephone_is_masked_until_he_calls(leader: Phone, cast: World) -> None:
    page = leader.get(path(cast)).text
    assert ("138****0001" in page, NUMBER in page) == (True, False)
    shown = leader.post(path(cast, "/call"), {"person": cast.xiaobo.public_no}).text
    assert f'href="tel:{NUMBER}"' in shown
    assert [entry.verb for entry in AuditEntry.select()] == ["person.call"]


def test_activity_is_ended_with_its_exceptions(leader: Phone, cast: World, frozen: Any) -> None:
    zhou = Volunteer.get(Volunteer.name == "周老三")
    mark(leader, cast, "in", cast.xiaobo, zhou)
    frozen(cast.shift.starts_at + 60 * MINUTES)
    assert "还没走" in leader.get(path(cast, "/end")).text
    time = (cast.shift.starts_at + timedelta(hours=8, minutes=20)).strftime("%H:%M")
    done = leader.post(path(cast, "/end"), {"stay": cast.xiaobo.public_no, f"time.{zhou.public_no}": time})
    assert "签退了 1 人" in done.text
    assert "还没签退：王小博" in done.text
    minutes = {record.volunteer_id: record.minutes for record in ServiceRecord.select()}
    assert minutes == {cast.xiaobo.id: 0, zhou.id: 20}
    assert Activity.get_by_id(cast.activity.id).state == "ended"


def test_mistake_is_taken_back_with_a_reason(leader: Phone, cast: World) -> None:
    mark(leader, cast, "in", cast.xiaobo)
    where = path(cast, f"/records/{ServiceRecord.get().id}")
    assert "撤回签到" in leader.get(where).text
    assert leader.post(f"{where}/undo", {"side": "in", "reason": ""}).status_code == 400
    assert leader.post(f"{where}/undo", {"side": "in", "reason": "点错了人"}).status_code == 303
    assert ServiceRecord.get().state == "void"
    assert "到点没来 2 人" in leader.get(path(cast)).text


def test_doubted_scan_is_looked_at_by_the_deputy(
    leader: Phone, cast: World, at: Any, phone: Callable[..., Phone]
) -> None:
    mark(leader, cast, "in", cast.xiaobo)
    record = ServiceRecord.get()
    store.write(ServiceRecord.update(needs_review="in:old").where(ServiceRecord.id == record.id).execute)
    store.write(lambda: grant(at, cast.chali, "deputy", team=cast.team))
    where = path(cast, f"/records/{record.id}")
    assert "要核对 1 人" in leader.get(path(cast)).text
    deputy = phone()
    deputy.log_in(cast.chali, cast.shift.starts_at)
    assert "超过三天才上传" in deputy.get(where).text
    assert deputy.post(f"{where}/review", {"believe": "1", "reason": "问过了"}).status_code == 303
    assert ServiceRecord.get().needs_review == ""


def outcome_of(person: Volunteer) -> str | None:
    return Signup.get(Signup.volunteer == person.id).outcome  # type: ignore[no-any-return]


@pytest.mark.parametrize(("act", "word"), [("absent", "没有来"), ("excused", "请假")])
def test_who_did_not_come_is_marked_and_the_mark_taken_back(
    leader: Phone, cast: World, frozen: Any, act: str, word: str
) -> None:
    frozen(cast.shift.ends_at)
    one = f"{cast.shift.code}.{cast.xiaobo.public_no}"
    assert f'value="{act}.{one}"' in leader.get(path(cast)).text
    leader.post(path(cast, "/mark"), {"act": f"{act}.{one}", "note": "孩子发烧"})
    assert (outcome_of(cast.xiaobo), Signup.get(Signup.volunteer == cast.xiaobo.id).outcome_note) == (act, "孩子发烧")
    page = leader.get(path(cast)).text
    assert all(said in page for said in ("到点没来 1 人", "没有来、请假 1 人", f"撤销“{word}”"))
    leader.post(path(cast, "/mark"), {"act": f"clear.{one}"})
    assert (outcome_of(cast.xiaobo), "到点没来 2 人" in leader.get(path(cast)).text) == (None, True)


def test_many_are_marked_as_not_come_at_once(leader: Phone, cast: World, frozen: Any) -> None:
    frozen(cast.shift.ends_at)
    zhou = Volunteer.get(Volunteer.name == "周老三")
    assert mark(leader, cast, "absent", cast.xiaobo, zhou).status_code == 303
    assert (outcome_of(cast.xiaobo), outcome_of(zhou)) == ("absent", "absent")


def test_leaving_early_is_marked_with_the_hours_kept(leader: Phone, cast: World, frozen: Any) -> None:
    mark(leader, cast, "in", cast.xiaobo)
    frozen(cast.shift.starts_at + 30 * MINUTES)
    mark(leader, cast, "out", cast.xiaobo)
    frozen(cast.shift.ends_at)
    one = f"{cast.shift.code}.{cast.xiaobo.public_no}"
    leader.post(path(cast, "/mark"), {"act": f"left_early.{one}"})
    assert (outcome_of(cast.xiaobo), ServiceRecord.get().minutes) == ("left_early", 30)
    assert "撤销“提前离开”" in leader.get(path(cast)).text


def test_nobody_is_marked_before_the_shift_is_over(leader: Phone, cast: World) -> None:
    assert 'value="absent.' not in leader.get(path(cast)).text
    assert "王小博：" in mark(leader, cast, "absent", cast.xiaobo).text
    assert outcome_of(cast.xiaobo) is None


def test_report_with_a_photo(leader: Phone, cast: World) -> None:
    out = io.BytesIO()
    Image.new("RGB", (40, 40), "green").save(out, "JPEG")
    sent = {"served": "30", "summary": "清理了三公里", "photos": (io.BytesIO(out.getvalue()), "a.jpg")}
    refused = leader.post(path(cast, "/report"), sent, content_type="multipart/form-data")
    assert "照片里的人都同意" in refused.text
    sent = {**sent, "photos": (io.BytesIO(out.getvalue()), "a.jpg"), "consent": "1"}
    assert leader.post(path(cast, "/report"), sent, content_type="multipart/form-data").status_code == 303
    assert (ActivityReport.get().served, len(ActivityReport.get().photos)) == (30, 1)
    assert "清理了三公里" in leader.get(path(cast, "/report")).text
    assert leader.get(path(cast, "/report/0.jpg")).mimetype == "image/jpeg"


def test_offline_list_is_given_and_taken_back(leader: Phone, cast: World) -> None:
    shown = leader.post(path(cast, "/offline")).text
    assert "http://localhost:8000/o/" in shown
    store.write(OfflineKit.update(opened_at=cast.shift.starts_at).execute)
    kit = OfflineKit.get()
    assert "手机丢了，作废" in leader.get(path(cast)).text
    assert leader.post(path(cast, f"/kits/{kit.code}/revoke")).status_code == 303
    assert OfflineKit.get().revoked_at is not None


@pytest.mark.parametrize("more", ["", "/end", "/report"])
def test_nobody_else_sees_the_day(cast: World, at: Any, phone: Callable[..., Phone], more: str) -> None:
    member, stranger = phone(cast.xiaobo), phone(cast.chali)
    assert (member.get(path(cast, more)).status_code, stranger.get(path(cast, more)).status_code) == (403, 404)


def test_code_that_somebody_took_a_picture_of_is_changed(
    cast: World, at: Any, frozen: Any, phone: Callable[..., Phone]
) -> None:
    own = phone(cast.xiaobo)
    before = own.get("/m/code").text
    assert own.post("/m/code").status_code == 303
    assert own.get("/m/code").text != before
    assert CodeRevocation.get().volunteer_id == cast.xiaobo.id


def test_no_page_asks_where_somebody_is() -> None:
    from tests.architecture.rules import ROOT

    folders = ("handlers", "services", "static/offline", "models")
    files = [file for folder in folders for file in (ROOT / folder).rglob("*") if file.is_file()]
    names = [file for file in files if file.suffix in (".py", ".js", ".html")]
    assert [str(file) for file in names if "geolocation" in file.read_text(encoding="utf-8")] == []


@pytest.fixture
def written(leader: Phone, cast: World) -> int:
    """A phone without a network has brought somebody called 王晓博 (in) that nobody knows."""
    at = cast.shift.starts_at
    return int(
        store.write(
            lambda: Attempt.create(
                shift=cast.shift, actor=cast.ali, direction="in", mode="list", door="offline", outcome="refused",
                reason="not_registered", kit_id=1, flag="unknown", detail="王晓博", at=at, received_at=at,
            ).id
        )
    )  # fmt: skip


def test_written_name_is_given_to_somebody_with_one_tap(leader: Phone, cast: World, written: int) -> None:
    page = leader.get(path(cast)).text
    assert f'name="person" value="{cast.xiaobo.public_no}">是王小博' in page
    answer = leader.post(path(cast, f"/names/{written}"), {"person": cast.xiaobo.public_no})
    assert answer.location.endswith("?done=assigned")
    assert ServiceRecord.get().in_at == cast.shift.starts_at
    assert "没认出的名字" not in leader.get(path(cast)).text


def test_written_name_is_looked_up_in_the_whole_list_or_refused(leader: Phone, cast: World, written: int) -> None:
    where = path(cast, f"/names/{written}")
    page = leader.get(where).text
    assert ("周老三" in page, "李阿丽</strong>" in page) == (True, False)
    assert leader.post(where, {"reason": ""}).status_code == 400
    assert leader.post(where, {"reason": "过路人"}).location.endswith("?done=dropped")
    assert (leader.get(where).status_code, ServiceRecord.select().count()) == (303, 0)


def test_leader_takes_back_the_codes_of_a_lost_phone(leader: Phone, cast: World) -> None:
    where = path(cast, "/codes")
    assert "王小博" in leader.get(where).text
    assert leader.post(where, {"person": cast.chali.public_no, "reason": "丢了"}).status_code == 400
    assert leader.post(where, {"person": cast.xiaobo.public_no, "reason": " "}).status_code == 400
    assert CodeRevocation.select().count() == 0
    assert leader.post(where, {"person": cast.xiaobo.public_no, "reason": "手机丢了"}).status_code == 303
    assert (CodeRevocation.get().volunteer_id, CodeRevocation.get().reason) == (cast.xiaobo.id, "手机丢了")
    told = Delivery.get(Delivery.kind == "codes_ended")
    assert (told.volunteer_id, "手机丢了" in told.body, told.url) == (cast.xiaobo.id, True, "/m/code")


def test_early_end_opens_the_marks_at_once(leader: Phone, cast: World, frozen: Any) -> None:
    frozen(cast.shift.starts_at + 30 * MINUTES)
    leader.post(path(cast, "/end"), {})
    one = f"{cast.shift.code}.{cast.xiaobo.public_no}"
    assert f'value="absent.{one}"' in leader.get(path(cast)).text
    leader.post(path(cast, "/mark"), {"act": f"absent.{one}"})
    assert outcome_of(cast.xiaobo) == "absent"


def test_leader_shows_the_rotating_code_on_his_own_phone(
    leader: Phone, cast: World, frozen: Any, phone: Callable[..., Phone]
) -> None:
    assert f'href="{path(cast, "/show/in")}"' in leader.get(path(cast)).text
    page = leader.get(path(cast, "/show/in"))
    assert (page.status_code, 'id="stage-qr" src="data:image/svg' in page.text) == (200, True)
    facts = leader.get(path(cast, "/show/in/now")).json
    assert (facts["expected"], facts["came"], facts["picture"] in page.text) == (2, 0, True)
    have = facts["step"]
    assert "picture" not in leader.get(path(cast, f"/show/in/now?have={have}")).json
    frozen(cast.shift.starts_at + timedelta(seconds=15))
    assert leader.get(path(cast, f"/show/in/now?have={have}")).json["picture"] != facts["picture"]
    assert phone(cast.xiaobo).get(path(cast, "/show/in")).status_code == 403


def test_code_shown_is_of_the_shift_that_runs(leader: Phone, cast: World, frozen: Any) -> None:
    end = cast.shift.ends_at

    def later() -> None:
        Activity.update(ends_at=end + timedelta(hours=3)).execute()
        Shift.create(
            code="afternoon", activity=cast.activity, position=cast.shift.position_id, starts_at=end + 30 * MINUTES,
            ends_at=end + timedelta(hours=3), planned_ends_at=end + timedelta(hours=3), quota=5, code_key="ab" * 16,
        )  # fmt: skip

    store.write(later)
    shown = [leader.get(path(cast, "/show/in/now")).json["picture"]]
    frozen(end + timedelta(minutes=5))
    shown.append(leader.get(path(cast, "/show/in/now")).json["picture"])
    at = end + timedelta(minutes=5)
    afternoon = venue.stage(
        parts=make_parts(), actor=cast.actor(cast.ali), shift_code="afternoon", direction="in", at=at
    )
    assert shown[1] == svg_uri(afternoon.url)
    assert shown[0] != shown[1]


def test_code_in_the_leaders_hand_is_built_once_a_step_and_not_for_a_phone_that_has_it(
    leader: Phone, cast: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = pictures.built(monkeypatch)
    for _ in range(20):
        leader.get(path(cast, "/show/in"))
        step = leader.get(path(cast, "/show/in/now")).json["step"]
    assert len(texts) == 1
    pictures.forget()
    leader.get(path(cast, f"/show/in/now?have={step}"))
    assert len(texts) == 1


def test_who_was_there_when_it_was_called_off_gets_his_time_on_the_phone(
    leader: Phone, cast: World, frozen: Any
) -> None:
    start = cast.shift.starts_at
    mark(leader, cast, "in", cast.xiaobo)
    frozen(start + 30 * MINUTES)
    activities.cancel(
        actor=cast.actor(cast.ali), code=cast.activity.code, reason="涨水", at=start + 30 * MINUTES
    )
    page = leader.get(path(cast)).text
    assert ("补离开的时间" in page, "到点没来" in page) == (True, False)
    assert ('value="out.' in page, 'value="in.' in page) == (False, False)
    where = path(cast, f"/records/{ServiceRecord.get().id}")
    local = (start + timedelta(hours=8, minutes=25)).strftime("%H:%M")
    assert "几点走的" in leader.get(where).text
    assert leader.post(f"{where}/end", {"time": "", "reason": "叫停"}).status_code == 400
    assert leader.post(f"{where}/end", {"time": local, "reason": ""}).status_code == 400
    assert leader.post(f"{where}/end", {"time": local, "reason": "干到叫停为止"}).status_code == 303
    assert (ServiceRecord.get().minutes, ServiceRecord.get().out_at) == (25, start + 25 * MINUTES)


@pytest.mark.parametrize("number", [0, 2**53])
def test_name_that_is_none_is_not_found(leader: Phone, cast: World, number: int) -> None:
    answer = leader.post(path(cast, f"/names/{number}"), {"person": cast.xiaobo.public_no})
    assert (answer.status_code, ServiceRecord.select().count()) == (404, 0)
