"""投诉举报: anybody, no account; never to the one it is about; in time, or said again and above."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from models import Complaint, Delivery, store
from services.errors import RefusalCode
from services.evaluation import complaint_views, complaints
from services.listing import Wanted
from services.parts import Parts
from tests.support import world
from tests.support.world import CITY, COUNTY, TOWN, VILLAGE, World

C = RefusalCode
Filed = complaints.Filed


@pytest.fixture
def file(cast: World, parts: Parts, at: datetime) -> Any:
    def make(actor: Any = None, **more: Any) -> Filed:
        facts = {
            "address": "1.2.3.4", "kind": "fee", "text": "收了我五十元", "team_code": cast.team.code, "at": at,
        } | more  # fmt: skip
        return complaints.file(parts=parts, actor=actor, **facts)

    return make


def told(person: Any) -> list[str]:
    return [each.kind for each in Delivery.select().where(Delivery.volunteer == person).order_by(Delivery.id)]


def test_anybody_complains_and_the_centre_is_told(cast: World, file: Any) -> None:
    made = file()
    row = Complaint.get()
    assert (row.code, row.state, row.region_code, row.volunteer) == (made.code, "received", VILLAGE, None)
    assert made.due_at == datetime.fromisoformat("2026-06-26T00:00:00+08:00")  # ten working days, one holiday
    assert made.token not in (row.code, row.token_hash)
    assert (told(cast.officer), told(cast.ali)) == (["complaint_waiting"], [])


def test_it_never_goes_to_the_one_it_is_about(cast: World, file: Any, city: Any, at: datetime, refused: Any) -> None:
    made = file(about=cast.officer.public_no)
    assert (told(cast.officer), told(city)) == ([], ["complaint_waiting"])
    facts = {"code": made.code, "at": at}
    assert refused(complaint_views.one, actor=cast.actor(cast.officer), **facts) is C.NOT_FOUND
    assert complaint_views.listed(actor=cast.actor(cast.officer), wanted=Wanted(), at=at).rows == []
    facts["finding"] = "upheld"
    assert refused(complaints.answer, actor=cast.actor(cast.officer), text="没有", **facts) is C.OWN_RECORD
    complaints.answer(actor=cast.actor(city), text="已退还", **facts)


def test_leader_of_the_team_who_is_an_officer_too_does_not_handle_it(
    cast: World, file: Any, at: datetime, refused: Any
) -> None:
    store.write(lambda: world.grant(at, cast.ali, "director", region=TOWN))
    made = file()
    assert told(cast.ali) == []
    facts = {"actor": cast.actor(cast.ali), "code": made.code, "at": at}
    assert refused(complaints.answer, finding="unfounded", text="没有", **facts) is C.OWN_RECORD
    assert refused(complaint_views.one, **facts) is C.NOT_FOUND


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"kind": "nonsense"}, C.BAD_REQUEST), ({"text": " "}, C.TEXT_EMPTY), ({"text": "长" * 501}, C.TEXT_TOO_LONG),
        ({"team_code": "nowhere"}, C.NOT_FOUND), ({"activity_code": "nowhere"}, C.NOT_FOUND),
        ({"about": "nobody"}, C.NOT_FOUND), ({"team_code": "", "region_code": "999999"}, C.REGION_UNKNOWN),
    ],
)  # fmt: skip
def test_what_cannot_be_taken_in(file: Any, refused: Any, more: dict[str, Any], code: RefusalCode) -> None:
    assert refused(file, **more) is code
    assert Complaint.select().count() == 0


def test_one_address_complains_five_times_an_hour(file: Any, refused: Any, at: datetime) -> None:
    for _ in range(5):
        file()
    assert refused(file) is C.TOO_MANY_TRIES
    file(address="5.6.7.8")
    file(at=at + timedelta(hours=1, seconds=1))


def test_people_who_are_known_share_no_limit_with_their_address(cast: World, file: Any, refused: Any) -> None:
    for _ in range(5):
        file()
    for _ in range(5):
        file(actor=cast.actor(cast.chali))
    assert refused(lambda: file(actor=cast.actor(cast.chali), address="5.6.7.8")) is C.TOO_MANY_TRIES
    file(actor=cast.actor(cast.xiaobo))


def test_without_a_place_it_goes_to_the_province(cast: World, file: Any) -> None:
    file(team_code="")
    assert Complaint.get().region_code == "34"


def test_it_is_answered_and_read_by_the_code(cast: World, file: Any, at: datetime, refused: Any) -> None:
    made = file(actor=cast.actor(cast.xiaobo))
    officer = cast.actor(cast.officer)
    assert complaint_views.one(actor=officer, code=made.code, at=at).mine
    assert refused(complaints.content, token=made.token, at=at) is C.COMPLAINT_STATE
    assert refused(complaints.answer, actor=officer, code=made.code, finding="upheld", text=" ", at=at) is C.TEXT_EMPTY
    complaints.add(token=made.token, text="有收条", at=at)
    facts: dict[str, Any] = {"actor": officer, "code": made.code, "finding": "upheld", "at": at}
    complaints.answer(text="已退还五十元", **facts)
    assert refused(complaints.answer, text="又答", **facts) is C.COMPLAINT_STATE
    shown = complaints.follow(token=made.token.upper())
    assert (shown.state, shown.answer, shown.finding) == ("answered", "已退还五十元", "upheld")
    assert "【补充】有收条" in shown.text
    assert told(cast.xiaobo) == ["complaint_answered"]
    complaints.content(token=made.token, at=at)
    assert Complaint.get().state == "closed"
    assert refused(complaints.follow, token="unknown") is C.NOT_FOUND


def test_not_content_goes_to_the_centre_above(cast: World, file: Any, at: datetime, refused: Any) -> None:
    made = file()
    assert refused(complaints.go_further, token=made.token, text="不行", at=at) is C.COMPLAINT_STATE
    complaints.answer(actor=cast.actor(cast.officer), code=made.code, finding="unfounded", text="没有的事", at=at)
    complaints.go_further(token=made.token, text="有收条", at=at + timedelta(days=1))
    row = Complaint.get()
    assert (row.state, row.region_code, row.finding) == ("received", TOWN, "")  # as if it had not been looked into
    assert ("【答复】没有的事" in row.text, "【不满意，请上一级办理】有收条" in row.text) == (True, True)


def test_it_is_passed_on_to_a_division_or_an_office(
    cast: World, file: Any, city: Any, at: datetime, refused: Any
) -> None:
    made = file()
    officer = cast.actor(cast.officer)
    facts = {"actor": officer, "code": made.code, "at": at}
    assert refused(complaints.forward, **facts) is C.TEXT_EMPTY
    assert refused(complaints.forward, region_code="999999", **facts) is C.REGION_UNKNOWN
    complaints.forward(office="市场监管局", **facts)
    assert (Complaint.get().state, Complaint.get().forwarded_to) == ("forwarded", "市场监管局")
    complaints.forward(region_code=CITY, **facts)
    assert (Complaint.get().region_code, told(city)) == (CITY, ["complaint_waiting"])
    assert refused(complaints.answer, finding="upheld", text="x", **facts) is C.NOT_FOUND


def test_late_ones_are_said_each_day_to_the_centre_and_above(cast: World, file: Any, city: Any) -> None:
    store.write(lambda: world.grant(cast.team.created_at, cast.chali, "region_admin", region=CITY))
    made = file(team_code="", region_code=COUNTY)
    hour = timedelta(hours=1)
    assert complaints.nag_due(at=made.due_at - hour) == 0
    assert [complaints.nag_due(at=made.due_at + each * hour) for each in (0, 1, 25)] == [1, 0, 1]
    assert told(cast.officer) == ["complaint_waiting", "complaint_late", "complaint_late"]
    assert told(city) == ["complaint_late", "complaint_late"]


def test_contact_is_sealed_and_the_look_is_noted(
    cast: World, parts: Parts, file: Any, at: datetime, refused: Any
) -> None:
    made = file(contact="13856400000")
    assert b"13856400000" not in bytes(Complaint.get().contact_sealed)
    facts = {"parts": parts, "code": made.code, "at": at}
    assert complaints.contact(actor=cast.actor(cast.officer), **facts) == "13856400000"
    assert refused(complaints.contact, actor=cast.actor(cast.ali), **facts) is C.NOT_FOUND
    other = file()
    assert refused(complaints.contact, actor=cast.actor(cast.officer), **{**facts, "code": other.code}) is C.NOT_FOUND


def test_suggestion_is_answered_without_a_finding(cast: World, file: Any, at: datetime, refused: Any) -> None:
    facts: dict[str, Any] = {"actor": cast.actor(cast.officer), "code": file(kind="advice").code, "at": at}
    assert refused(complaints.answer, finding="upheld", text="好", **facts) is C.FIELD_WRONG
    complaints.answer(finding="", text="下次早点通知", **facts)
    assert (Complaint.get().state, Complaint.get().finding) == ("answered", "")
