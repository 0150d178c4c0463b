"""点单 without an account: sent from a code on the wall, checked by the station, followed and judged by a secret."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from models import Centre, Delivery, Evaluation, History, Need, store
from services.errors import RefusalCode
from services.evaluation import links
from services.listing import Wanted
from services.parts import Parts
from services.planning import need_doors, need_views, needs, needs_due
from services.planning.needs import NeedDraft
from tests.services.planning.conftest import refused
from tests.support.fakes import FakeGateway, make_parts
from tests.support.world import COUNTY, OTHER_TOWN, TOWN, VILLAGE, World, make_activity

C = RefusalCode
ROOF = NeedDraft("修屋顶", "D3", "care", "漏水", kind="veteran", contact="张大爷 13856400000")


@pytest.fixture
def parts() -> Parts:
    return make_parts(FakeGateway())


@pytest.fixture
def send(cast: World, parts: Parts, at: datetime) -> Any:
    def make(draft: NeedDraft = ROOF, **more: Any) -> need_doors.Sent:
        facts = {"address": "1.2.3.4", "door_code": VILLAGE, "agreed": True, "at": at} | more
        return need_doors.send(parts=parts, draft=draft, **facts)

    return make


def told(kind: str) -> list[int]:
    return [line.volunteer_id for line in Delivery.select().where(Delivery.kind == kind).order_by(Delivery.id)]


def served(cast: World, at: datetime) -> Need:
    """Checked, claimed and done by 李阿丽's team, without an activity."""
    code = Need.get().code
    needs.accept(actor=cast.actor(cast.officer), code=code, at=at)
    needs.claim(actor=cast.actor(cast.ali), code=code, team_code=cast.team.code, at=at)
    needs.serve(actor=cast.actor(cast.ali), code=code, at=at)
    return Need.get()


def test_need_without_an_account_waits_for_the_station(cast: World, send: Any, at: datetime) -> None:
    sent = send()
    need = Need.get()
    assert (need.state, need.region_code, need.station_region, need.kind) == ("received", VILLAGE, COUNTY, "veteran")
    assert (need.volunteer_id, need.taken_by_id, need.consent) == (None, None, "2026-06-01")
    assert (sent.token in (need.code, need.token_hash), sent.due_at) == (False, need.answer_due_at)
    assert (b"138" in bytes(need.contact_sealed), told("need_received")) == (False, [cast.officer.id])
    assert need_views.listed(actor=cast.actor(cast.ali), wanted=Wanted(), at=at).rows == []
    chosen = Wanted(filters={"source": "door"})
    found = need_views.listed(actor=cast.actor(cast.officer), wanted=chosen, at=at)
    assert [(row.title, row.source) for row in found.rows] == [("修屋顶", "door")]


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"door_code": "349999"}, C.NOT_FOUND), ({"region_code": OTHER_TOWN}, C.NOT_FOUND),
        ({"agreed": False}, C.CONSENT_REQUIRED), ({"draft": replace(ROOF, contact="张大爷")}, C.FIELD_WRONG),
        ({"draft": replace(ROOF, title=" ")}, C.FIELD_WRONG),
    ],
)  # fmt: skip
def test_door_refuses_what_nobody_could_answer(cast: World, send: Any, more: dict[str, Any], code: RefusalCode) -> None:
    assert refused(lambda: send(**more)) is code
    assert Need.select().count() == 0


def test_division_without_any_centre_has_no_door(cast: World, send: Any) -> None:
    store.write(lambda: Centre.update(region_code="99").execute())
    assert refused(send) is C.CENTRE_MISSING


def test_door_of_a_township_asks_for_the_village(send: Any) -> None:
    assert VILLAGE in dict(need_doors.door(region_code=TOWN).places)
    send(door_code=TOWN, region_code=VILLAGE)
    assert Need.get().region_code == VILLAGE


def test_one_address_and_one_station_have_their_measure(cast: World, send: Any) -> None:
    for _ in range(10):
        send()
    assert refused(send) is C.TOO_MANY_TRIES
    for number in range(50):
        send(address=f"1.2.4.{number}")
    assert refused(lambda: send(address="1.2.5.1")) is C.TOO_MANY_TRIES
    assert Need.select().count() == 60


def test_secret_follows_it_and_takes_it_back(cast: World, send: Any, at: datetime) -> None:
    token = send().token
    shown = need_doors.follow(token=f" {token.upper()} ", at=at)
    assert (shown.title, shown.state, shown.may_withdraw, shown.may_judge, shown.mine) == (
        "修屋顶", "received", True, False, None,
    )  # fmt: skip
    need_doors.withdraw(token=token, at=at)
    assert (need_doors.follow(token=token, at=at).state, Need.get().state) == ("withdrawn", "withdrawn")
    assert refused(lambda: need_doors.withdraw(token=token, at=at)) is C.NEED_STATE
    assert refused(lambda: need_doors.follow(token="none", at=at)) is C.NOT_FOUND


def test_whoever_asked_judges_it_once_and_may_change_his_word(cast: World, send: Any, at: datetime) -> None:
    token = send().token
    assert refused(lambda: need_doors.judge(token=token, score=5, at=at)) is C.NEED_STATE
    need = served(cast, at)
    assert refused(lambda: need_doors.judge(token=token, score=0, at=at)) is C.EVALUATION_SCORE
    need_doors.judge(token=token, score=2, words="来晚了", at=at)
    assert told("served_badly") == [cast.ali.id]
    need_doors.judge(token=token, score=4, at=at + timedelta(days=1))
    row = Evaluation.get()
    assert (row.activity_id, row.need_id, row.score, row.words, row.verified) == (None, need.id, 4, "", True)
    assert links.of_need(need_id=need.id) == links.Average(1, 40)
    late = at + timedelta(days=8)
    assert refused(lambda: need_doors.judge(token=token, score=1, at=late)) is C.EVALUATION_LATE
    assert need_doors.follow(token=token, at=late).may_judge is False


def test_judgement_stands_with_the_activity_that_was_held_for_it(cast: World, send: Any, at: datetime) -> None:
    token = send().token
    need = served(cast, at)
    made, *_ = store.write(lambda: make_activity(at, cast.team, starts_in=timedelta(hours=-3), need_id=need.id))
    need_doors.judge(token=token, score=5, at=at)
    assert Evaluation.get().activity_id == made.id


def test_leader_who_asked_for_something_of_his_own_team_counts_as_unverified(
    cast: World, parts: Parts, at: datetime
) -> None:
    code = needs.send_own(parts=parts, actor=cast.actor(cast.ali), draft=ROOF, at=at)
    need = served(cast, at)
    needs.judge(actor=cast.actor(cast.ali), code=code, score=5, at=at)
    assert (Evaluation.get().verified, links.of_need(need_id=need.id).count) == (False, 0)
    assert refused(lambda: needs.judge(actor=cast.actor(cast.xiaobo), code=code, score=1, at=at)) is C.NOT_FOUND


def test_station_words_it_anew_before_teams_read_it(cast: World, send: Any, at: datetime) -> None:
    send(replace(ROOF, title="东湖路 5 号张家屋顶"))
    code, sealed = Need.get().code, bytes(Need.get().contact_sealed)
    right = replace(ROOF, domain="D3", sub_domain="other", contact="")
    officer = cast.actor(cast.officer)
    assert refused(lambda: needs.put_right(actor=cast.actor(cast.ali), code=code, draft=right, at=at)) is C.NOT_FOUND
    needs.put_right(actor=officer, code=code, draft=right, at=at)
    need = Need.get()
    assert (need.title, need.sub_domain, bytes(need.contact_sealed)) == ("修屋顶", "other", sealed)
    changed = History.get(History.verb == "need_put_right").changes
    assert changed == {"title": ["东湖路 5 号张家屋顶", "修屋顶"], "sub_domain": ["care", "other"]}
    served(cast, at)
    assert refused(lambda: needs.put_right(actor=officer, code=code, draft=right, at=at)) is C.NEED_STATE


def test_sheet_to_hang_up_is_a_pdf(cast: World, parts: Parts, at: datetime) -> None:
    assert need_doors.sheet(parts=parts, region_code=VILLAGE, at=at)[:5] == b"%PDF-"


def test_telephone_is_wiped_half_a_year_after_it_is_over(cast: World, send: Any, at: datetime) -> None:
    send()
    half_a_year = at + timedelta(days=181)
    assert needs_due.forget_contacts(at=half_a_year) == 0  # nobody has answered yet
    served(cast, at)
    assert [needs_due.forget_contacts(at=at + timedelta(days=days)) for days in (179, 181, 181)] == [0, 1, 0]
    need = Need.get()
    assert (need.contact_sealed, need.contact_key, need.title) == (None, "", "修屋顶")
