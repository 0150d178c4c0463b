"""The national system: worklists both ways, numbers told and verified, records entered, differences, the H5 page."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest

from models import AuditEntry, NationalFigure, ServiceRecord, Volunteer, WechatIdentity
from services.accounts import registration, sessions
from services.errors import Refusal, RefusalCode
from services.listing import Wanted
from services.national import entries, numbers, people
from tests.console.conftest import Desk
from tests.support.fakes import FakeGateway, make_parts

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)

Make = Callable[..., Desk]
C = RefusalCode


def record(cast: Any, at: Any, **more: Any) -> ServiceRecord:
    fields = {"state": "confirmed", "minutes": 90, "in_at": at, "out_at": at, "volunteer": cast.xiaobo, **more}
    return ServiceRecord.create(
        shift=cast.shift, activity=cast.activity, team=cast.team, local_day="2026-06-10",
        region_code=cast.team.region_code, rule_set=cast.hours_rule, created_at=at, updated_at=at, **fields,
    )  # fmt: skip


def names(cast: Any, at: Any, which: str) -> list[str]:
    found = people.worklist(actor=cast.actor(cast.officer, "console"), which=which, wanted=Wanted(), at=at)
    return sorted(row.name for row in found.rows)


def test_people_are_listed_both_ways(cast: Any, at: Any) -> None:
    numbers.report(actor=cast.actor(cast.chali), number="340000 000001", at=at)
    assert names(cast, at, "unregistered") == ["李阿丽", "王小博"]
    assert names(cast, at, "teamless") == ["赵查理"]
    assert names(cast, at, "reported") == ["赵查理"]
    numbers.verify(actor=cast.actor(cast.officer, "console"), public_no=cast.chali.public_no, at=at)
    assert names(cast, at, "reported") == []
    assert numbers.mine(volunteer_id=cast.chali.id) == numbers.MyNumber("340000000001", "verified")


def test_nobody_verifies_his_own_number_or_takes_another_ones(cast: Any, at: Any) -> None:
    officer = cast.actor(cast.officer, "console")
    numbers.report(actor=officer, number="340000000001", at=at)
    with pytest.raises(Refusal) as own:
        numbers.verify(actor=officer, public_no=cast.officer.public_no, at=at)
    Volunteer.update(national_state="verified").where(Volunteer.id == cast.officer.id).execute()
    with pytest.raises(Refusal) as taken:
        numbers.report(actor=cast.actor(cast.xiaobo), number="340000000001", at=at)
    with pytest.raises(Refusal) as wrong:
        numbers.report(actor=cast.actor(cast.xiaobo), number="一二三", at=at)
    assert [each.value.code for each in (own, taken, wrong)] == [
        C.OWN_RECORD, C.ROW_NUMBER_TAKEN, C.NATIONAL_NO_INVALID,
    ]  # fmt: skip


def test_records_are_marked_and_unmarked_by_who_manages_them(cast: Any, at: Any) -> None:
    made = record(cast, at)
    officer = cast.actor(cast.officer, "console")
    assert entries.mark(actor=officer, ids=[made.id], entered=True, at=at) == 1
    assert entries.mark(actor=officer, ids=[made.id], entered=True, at=at) == 0
    assert ServiceRecord.get_by_id(made.id).national_state == "yes"
    with pytest.raises(Refusal) as stranger:
        entries.mark(actor=cast.actor(cast.chali, "console"), ids=[made.id], entered=False, at=at)
    with pytest.raises(Refusal) as none:
        entries.mark(actor=officer, ids=[], entered=True, at=at)
    assert (stranger.value.code, none.value.code) == (C.NOT_FOUND, C.BAD_REQUEST)


def test_an_api_that_answers_with_numbers_marks_the_records(cast: Any, at: Any) -> None:
    from services.national.adapter import Handed

    class Api:
        def send(self, *, title: str, headings: Any, rows: Any, notes: Any) -> Handed:
            return Handed(numbers={number: f"N{number}" for number, _ in rows})

    made = record(cast, at)
    entries.hand_over(
        parts=make_parts(FakeGateway()), actor=cast.actor(cast.officer, "console"), wanted=Wanted(), reason="录入",
        at=at, system=Api(),
    )  # fmt: skip
    assert (ServiceRecord.get().national_state, ServiceRecord.get().national_no) == ("yes", f"N{made.id}")


def test_the_pages_of_the_console_work(cast: Any, desk: Make, at: Any) -> None:
    made = record(cast, at)
    numbers.report(actor=cast.actor(cast.chali), number="340000000001", at=at)
    NationalFigure.create(volunteer=cast.xiaobo, minutes=600, as_of="2026-06-10", at=at)
    officer = desk(cast.officer)
    assert "王小博" in officer.get("/console/national").text
    assert "赵查理" in officer.get("/console/national/teamless").text
    assert officer.post(f"/console/national/reported/{cast.chali.public_no}").status_code == 303
    assert "赵查理" not in officer.get("/console/national/reported").text
    gap = openpyxl.load_workbook(
        io.BytesIO(officer.get("/console/national/differences?format=xlsx").data)
    ).active
    assert [cell.value for cell in gap[2]][3:8] == [0, 0, 0, 10, -10]
    path = f"/console/national/entries?state=no&month=2026-06&team={cast.team.code}"
    assert path.replace("&", "&amp;") in officer.get("/console/national/months").text
    assert str(made.id) in officer.get(path).text
    assert "没有要录入的记录" in officer.get("/console/national/entries?month=2019-06").text
    refused = officer.post("/console/national/entries/file", {"reason": ""})
    assert (refused.status_code, 'id="wrong-reason"' in refused.text) == (400, True)
    file = officer.post("/console/national/entries/file?state=no", {"reason": "录入"})
    page = openpyxl.load_workbook(io.BytesIO(file.data)).active
    assert [cell.value for cell in page[1]] == entries.headings()
    assert (page.max_row, page["A2"].value, page["O2"].value) == (2, str(made.id), 1.5)
    assert AuditEntry.select().where(AuditEntry.verb == "reveal").count() == 1
    assert officer.post("/console/national/entries", {"record": str(made.id)}).status_code == 303
    assert officer.post("/console/national/entries", {}).status_code == 400
    assert "没有要录入的记录" in officer.get("/console/national/entries?state=no").text
    assert desk(cast.ali).get("/console/national").status_code == 403


def test_a_person_tells_his_number_on_the_page(cast: Any, desk: Make, at: Any) -> None:
    phone = desk()
    own = WechatIdentity.get(WechatIdentity.volunteer == cast.xiaobo, WechatIdentity.kind == "oa")
    opened = sessions.open_session(kind="h5", identity_id=own.id, at=at)
    phone.client.set_cookie("h5", opened.token)
    phone.csrf = opened.csrf
    assert "全国志愿者编号" in phone.get("/m/national").text
    wrong = phone.post("/m/national", {"number": "<b>"})
    assert (wrong.status_code, 'id="number-error"' in wrong.text) == (400, True)
    assert phone.post("/m/national", {"number": "340000000009"}).status_code == 303
    assert "等服务中心核对" in phone.get("/m/national").text


def test_list_says_how_many_numbers_are_closed_and_why(cast: Any, desk: Make, at: Any) -> None:
    record(cast, at)
    record(cast, at, volunteer=cast.ali)
    browser = desk(cast.officer)
    assert "行没有列出证件号码" not in browser.get("/console/national/entries").text
    registration.decide_consent(actor=cast.actor(cast.xiaobo), purpose="id_number", given=False, at=at)
    page = browser.get("/console/national/entries").text
    assert "有 1 行没有列出证件号码：这些人撤回了" in page
    assert page.count("本人不同意提供") == 1
