"""点单–派单–接单: a need from the station's desk to the team that serves it (S52, S73)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from models import Activity, AuditEntry, Delivery, Need, RuleSet, Volunteer, store
from services.errors import Refusal, RefusalCode
from services.listing import Wanted
from services.parts import Parts
from services.planning import drafts, need_views, needs, needs_due
from services.planning.needs import NeedDraft
from tests.services.planning.conftest import HOUR, refused
from tests.support.fakes import FakeGateway, make_parts
from tests.support.world import (
    COUNTY,
    OTHER_TOWN,
    VILLAGE,
    World,
    grant,
    make_activity,
    make_region,
    make_team,
)

C = RefusalCode
HAIR = NeedDraft(
    "上门理发", "D3", "care", "腿脚不便，想剪头发", risks="家里有狗", private_home=True, contact="张大爷 13856400000"
)


@pytest.fixture
def parts() -> Parts:
    return make_parts(FakeGateway())


@pytest.fixture
def code(cast: World, at: datetime, parts: Parts) -> str:
    """The county's officer wrote it down for the village."""
    return needs.take_in(parts=parts, actor=cast.actor(cast.officer), region_code=VILLAGE, draft=HAIR, at=at)


def row(code: str) -> Need:
    return Need.get(Need.code == code)


def told(kind: str) -> list[int]:
    lines = Delivery.select().where(Delivery.kind == kind).order_by(Delivery.volunteer_id)
    return [line.volunteer_id for line in lines]


def accepted(cast: World, code: str, at: datetime) -> None:
    needs.accept(actor=cast.actor(cast.officer), code=code, answer="马上办", at=at)


def claimed(cast: World, code: str, at: datetime) -> None:
    accepted(cast, code, at)
    needs.claim(actor=cast.actor(cast.ali), code=code, team_code=cast.team.code, at=at)


def test_need_goes_to_the_nearest_station_which_answers_within_the_days_of_its_rule(
    cast: World, at: datetime, code: str
) -> None:
    need = row(code)
    assert (need.state, need.station_region, need.kind, need.taken_by_id) == (
        "received", COUNTY, "public", cast.officer.id,
    )  # fmt: skip
    assert need.answer_due_at == datetime(2026, 6, 15, 16, 0, tzinfo=UTC)  # Wednesday and three working days
    assert told("need_received") == [cast.officer.id]
    assert (b"13856400000" in bytes(need.contact_sealed), need.contact_key != "") == (False, True)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", " "), ("title", "长" * 41), ("content", ""), ("kind", "alien"), ("sub_domain", "none"),
        ("wanted_from", "明天"), ("contact", "长" * 61),
    ],
)  # fmt: skip
def test_need_with_a_wrong_field_is_refused(
    cast: World, at: datetime, parts: Parts, field: str, value: Any
) -> None:
    draft = replace(HAIR, **{field: value})
    with pytest.raises(Refusal) as no:
        needs.take_in(parts=parts, actor=cast.actor(cast.officer), region_code=VILLAGE, draft=draft, at=at)
    named = "domain" if field == "sub_domain" else field
    assert (no.value.code, no.value.facts["field"]) == (C.FIELD_WRONG, named)


def test_only_a_station_takes_in_for_others(cast: World, at: datetime, parts: Parts) -> None:
    take = {"parts": parts, "region_code": VILLAGE, "draft": HAIR, "at": at}
    assert refused(lambda: needs.take_in(actor=cast.actor(cast.ali), **take)) == C.NOT_FOUND


def test_registered_person_asks_for_himself_and_hears_how_it_goes(
    cast: World, at: datetime, parts: Parts
) -> None:
    code = needs.send_own(parts=parts, actor=cast.actor(cast.xiaobo), draft=HAIR, at=at)
    assert (row(code).volunteer_id, row(code).region_code) == (cast.xiaobo.id, VILLAGE)
    claimed(cast, code, at)
    assert (told("need_accepted"), told("need_claimed")) == ([cast.xiaobo.id], [cast.xiaobo.id, cast.officer.id])
    (mine,) = need_views.mine(volunteer_id=cast.xiaobo.id, at=at)
    assert (mine.state, mine.team) == ("claimed", cast.team.name)


def test_nobody_answers_his_own_need(cast: World, at: datetime, parts: Parts, city: Volunteer) -> None:
    code = needs.send_own(parts=parts, actor=cast.actor(cast.officer), draft=HAIR, at=at)
    assert refused(lambda: accepted(cast, code, at)) == C.OWN_RECORD
    assert told("need_received") == [city.id]
    needs.accept(actor=cast.actor(city), code=code, at=at)


def test_stranger_asks_for_nothing(at: datetime, parts: Parts, cast: World) -> None:
    from services.actors import Actor

    assert refused(lambda: needs.send_own(parts=parts, actor=Actor("api"), draft=HAIR, at=at)) == C.NOT_REGISTERED


def test_refusal_needs_words(cast: World, at: datetime, code: str) -> None:
    officer = {"actor": cast.actor(cast.officer), "code": code, "at": at}
    assert refused(lambda: needs.refuse(answer=" ", **officer)) == C.REASON_REQUIRED
    needs.refuse(answer="请找物业", **officer)
    assert (row(code).state, row(code).answer) == ("refused", "请找物业")
    assert refused(lambda: needs.accept(**officer)) == C.NEED_STATE


def test_need_is_offered_to_a_team_of_the_area_and_claimed_by_its_leader(
    cast: World, at: datetime, code: str
) -> None:
    store.write(lambda: grant(at, cast.chali, "team_leader", team=cast.other_team))
    officer = {"actor": cast.actor(cast.officer), "code": code, "at": at}
    needs.offer(team_code=cast.team.code, **officer)
    assert told("need_offered") == [cast.ali.id]
    chali = {"actor": cast.actor(cast.chali), "code": code, "at": at}
    assert refused(lambda: needs.claim(team_code=cast.other_team.code, **chali)) == C.NEED_STATE
    claim = {"actor": cast.actor(cast.ali), "code": code, "team_code": cast.team.code, "at": at}
    needs.claim(**claim)
    needs.claim(**claim)
    assert (row(code).state, row(code).claimed_by_id) == ("claimed", cast.ali.id)


def test_team_of_another_county_is_none_of_the_area(cast: World, at: datetime, code: str) -> None:
    def make() -> Any:
        make_region("341523", "舒城县")
        return make_team(at, cast.centre, "舒城队", "341523")

    far = store.write(make)
    officer = {"actor": cast.actor(cast.officer), "code": code, "at": at}
    assert refused(lambda: needs.offer(team_code=far.code, **officer)) == C.FIELD_WRONG
    near = store.write(lambda: make_team(at, cast.centre, "河口队", OTHER_TOWN))
    needs.offer(team_code=near.code, **officer)


def test_first_of_two_teams_gets_it(cast: World, at: datetime, code: str) -> None:
    store.write(lambda: grant(at, cast.chali, "team_leader", team=cast.other_team))
    claimed(cast, code, at)
    other = {"actor": cast.actor(cast.chali), "code": code, "team_code": cast.other_team.code, "at": at}
    assert refused(lambda: needs.claim(**other)) == C.NEED_STATE


def test_paused_team_claims_nothing(cast: World, at: datetime, code: str) -> None:
    accepted(cast, code, at)
    cast.team.state = "paused"
    store.write(lambda: cast.team.save())
    claim = {"actor": cast.actor(cast.ali), "code": code, "team_code": cast.team.code, "at": at}
    assert refused(lambda: needs.claim(**claim)) == C.TEAM_NOT_FOUNDED


def test_activity_is_made_from_it_and_serves_it_when_it_is_over(cast: World, at: datetime, code: str) -> None:
    claimed(cast, code, at)
    known = drafts.known(actor=cast.actor(cast.ali), need=code, at=at)
    assert (known["need"], known["title"], known["kind"], known["private_home"], known["risk_notice"]) == (
        code, "上门理发", "D3.care", True, "家里有狗",
    )  # fmt: skip
    activity, _ = store.write(lambda: make_activity(at, cast.team, need_id=row(code).id))
    back = {"actor": cast.actor(cast.ali), "code": code, "reason": "x", "at": at}
    assert refused(lambda: needs.give_back(**back)) == C.NEED_STATE
    assert needs_due.follow(at=activity.ends_at - HOUR) == 0
    assert [needs_due.follow(at=activity.ends_at), needs_due.follow(at=activity.ends_at)] == [1, 0]
    assert (row(code).state, Activity.get_by_id(activity.id).need_id) == ("served", row(code).id)
    needs.close(actor=cast.actor(cast.officer), code=code, answer="很满意", at=activity.ends_at)
    assert row(code).state == "closed"


def test_team_that_cannot_do_it_gives_it_back_with_a_reason(cast: World, at: datetime, code: str) -> None:
    claimed(cast, code, at)
    back = {"actor": cast.actor(cast.ali), "code": code, "at": at}
    assert refused(lambda: needs.give_back(reason="", **back)) == C.REASON_REQUIRED
    needs.give_back(reason="没有理发师", **back)
    assert (row(code).state, row(code).team_id, told("need_given_back")) == ("open", None, [cast.officer.id])


def test_who_asked_takes_it_back_until_it_is_claimed(cast: World, at: datetime, parts: Parts) -> None:
    xiaobo = {"actor": cast.actor(cast.xiaobo), "at": at}
    first, second = (needs.send_own(parts=parts, draft=HAIR, **xiaobo) for _ in range(2))
    needs.withdraw(code=first, **xiaobo)
    assert row(first).state == "withdrawn"
    claimed(cast, second, at)
    assert refused(lambda: needs.withdraw(code=second, **xiaobo)) == C.NEED_STATE
    assert refused(lambda: needs.withdraw(actor=cast.actor(cast.chali), code=second, at=at)) == C.NOT_FOUND


def test_contact_opens_to_the_claiming_leader_and_the_station_with_a_reason_and_is_audited(
    cast: World, at: datetime, parts: Parts, code: str
) -> None:
    leader = {"parts": parts, "actor": cast.actor(cast.ali), "code": code, "at": at}
    assert refused(lambda: needs.open_contact(reason="上门", **leader)) == C.NOT_FOUND
    claimed(cast, code, at)
    assert refused(lambda: needs.open_contact(reason=" ", **leader)) == C.REASON_REQUIRED
    assert needs.open_contact(reason="约时间", **leader) == "张大爷 13856400000"
    officer = {"parts": parts, "actor": cast.actor(cast.officer), "code": code, "at": at}
    assert needs.open_contact(reason="回访", **officer) == "张大爷 13856400000"
    lines = AuditEntry.select().where(AuditEntry.verb == "need.reveal").order_by(AuditEntry.id)
    assert [(line.actor_id, line.detail["reason"]) for line in lines] == [
        (cast.ali.id, "约时间"), (cast.officer.id, "回访"),
    ]  # fmt: skip
    none = needs.take_in(
        parts=parts, actor=cast.actor(cast.officer), region_code=VILLAGE, draft=replace(HAIR, contact=""), at=at
    )
    missing = {**officer, "code": none}
    assert refused(lambda: needs.open_contact(reason="x", **missing)) == C.NUMBER_MISSING


def test_unanswered_need_is_told_to_the_centre_above_once(
    cast: World, at: datetime, code: str, city: Volunteer
) -> None:
    due = row(code).answer_due_at
    assert needs_due.nag_due(at=due - HOUR) == 0
    assert [needs_due.nag_due(at=due), needs_due.nag_due(at=due)] == [1, 0]
    assert told("need_late") == [city.id]


def test_lists_show_each_what_concerns_him(cast: World, at: datetime, code: str) -> None:
    def titles(person: Volunteer, **filters: str) -> list[str]:
        found = need_views.listed(actor=cast.actor(person), wanted=Wanted(filters=filters), at=at)
        return [line.code for line in found.rows]

    assert (titles(cast.officer), titles(cast.ali), titles(cast.chali)) == ([code], [], [])
    accepted(cast, code, at)
    assert titles(cast.ali) == [code]
    page = need_views.page(actor=cast.actor(cast.ali), code=code, at=at)
    assert ([team for team, _ in page.claims], page.may_open, page.decides) == ([cast.team.code], False, False)
    assert refused(lambda: need_views.page(actor=cast.actor(cast.chali), code=code, at=at)) == C.NOT_FOUND


def test_days_to_answer_are_the_divisions_number(cast: World, at: datetime, parts: Parts) -> None:
    params = '{"need_days": 1}'
    store.write(lambda: RuleSet.create(kind="review", region_code=COUNTY, version=1, params=params, valid_from=at))
    code = needs.take_in(parts=parts, actor=cast.actor(cast.officer), region_code=VILLAGE, draft=HAIR, at=at)
    assert row(code).answer_due_at == datetime(2026, 6, 11, 16, 0, tzinfo=UTC)
