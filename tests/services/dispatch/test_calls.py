"""The whole of a call, from its writing to hours like any other; what is refused on the way."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from models import (
    Activity,
    Delivery,
    Dispatch,
    Insurance,
    PersonCall,
    ServiceRecord,
    Signup,
    TeamCall,
    VolunteerSkill,
    store,
)
from services.actors import Actor
from services.bookkeeping import records
from services.dispatch import answers, board, calls, going_on, people, situation, standing_down
from services.dispatch.answers import Answer
from services.errors import RefusalCode
from services.lives import merging
from services.participation import attendance, signups
from tests.services.dispatch.conftest import HOUR, MINUTE, SIBLING_TOWN, Flood, refused
from tests.support.fakes import FakeGateway, make_parts
from tests.support.world import CITY, TOWN, VILLAGE, grant, make_activity, make_volunteer, sign_up

C = RefusalCode


def test_call_becomes_an_activity_with_hours_of_those_who_said_yes(flood: Flood, at: datetime) -> None:
    code = flood.start(people=6, boats=2, vehicles=3)
    assert flood.called(code) == ["城东", "城西", "救援"]  # two have the people; three, one of three vehicles each
    assert flood.comes(code, "城东", 4, boats=1, vehicles=1, there_at=at + HOUR) == "coming"
    asked = {row.volunteer_id for row in PersonCall.select()}
    assert asked == {each.id for each in flood.members["城东"]}
    assert not Signup.select().join(Activity).where(Activity.title == "淮河大堤抢险").exists()
    one, two = flood.members["城东"][1:3]
    said = flood.goes(code, one, door="bot")
    people.record(actor=flood.lead("城东"), code=code, public_no=two.public_no, accepts=True, risk_read=True, at=at)
    people.decline(actor=Actor("api", flood.members["城东"][3].id), code=code, at=at)
    shown = board.board(actor=flood.officer, code=code, at=at)
    line = shown.teams[0]
    assert (line.people, line.boats, line.accepted, line.declined, line.leader) == (4, 1, 2, 1, "城东0")
    assert (shown.lacking, shown.comes("vehicles")) == ("4 人、1 条船、2 辆车", 1)
    wrote = PersonCall.get(PersonCall.volunteer == two)
    assert (wrote.how, wrote.recorded_by_id) == ("phone", flood.leaders["城东"].id)

    activity = Activity.get(Activity.code == said.activity_code)
    assert (activity.state, activity.emergency, activity.openness, activity.team_id) == (
        "published", True, "team", flood.teams["城东"].id,
    )  # fmt: skip
    shift = activity.shifts.get()
    leader = flood.lead("城东", "console")
    seen = []
    for direction, when in (("in", at + 5 * MINUTE), ("out", at + 8 * HOUR)):
        attendance.tick(
            actor=leader, shift_code=shift.code, public_no=one.public_no, direction=direction, at=when
        )
        now = board.board(actor=flood.officer, code=code, at=when + 30 * MINUTE)
        seen.append([now.total(name) for name in ("there", "came", "minutes")])
    assert seen == [[1, 1, 30], [0, 1, 475]]
    records.confirm(actor=leader, activity_code=activity.code, at=at + 9 * HOUR)
    assert ServiceRecord.get(ServiceRecord.volunteer == one).minutes == 475


def test_member_says_how_soon_he_is_there_or_why_he_stays_and_his_leader_reads_it(flood: Flood, at: datetime) -> None:
    """Said with the answer or after it; the newest counts; what belongs to an answer goes with it."""
    code = flood.start()
    flood.comes(code, "城东", 4)
    one, two, three = flood.members["城东"][1:4]
    himself = Actor("api", one.id)

    def yes(minutes: int | None, when: datetime = at) -> people.Said:
        return people.accept(actor=himself, code=code, risk_accepted=True, minutes=minutes, at=when)

    def no(reason: str) -> None:
        people.decline(actor=Actor("api", two.id), code=code, reason=reason, at=at)

    assert [refused(lambda n=n: yes(n)) for n in (-1, 481)] == [C.FIELD_WRONG, C.DISPATCH_TOO_LATE]
    yes(40)
    yes(90, at + HOUR)
    yes(None, at + HOUR)
    no("")
    no(" 在外地 ")
    no("")
    told = {"actor": flood.lead("城东"), "code": code, "public_no": three.public_no, "at": at}
    people.record(accepts=True, risk_read=True, minutes=20, **told)
    page = board.team_page(actor=flood.lead("城东"), code=code, team_code=flood.teams["城东"].code, at=at)
    said = {each.name: (each.state, each.there_at, each.reason) for each in page.people or []}
    assert [said[each.name] for each in (one, two, three)] == [
        ("accepted", at + HOUR + 90 * MINUTE, ""), ("declined", None, "在外地"), ("accepted", at + 20 * MINUTE, ""),
    ]  # fmt: skip
    order = [each.state for each in page.people or []]
    assert order == ["asked", "asked", "accepted", "accepted", "declined"]
    line = board.board(actor=flood.officer, code=code, at=at).teams[0]
    assert (line.first_at, line.last_at) == (at + 20 * MINUTE, at + HOUR + 90 * MINUTE)
    assert [each.what for each in situation.report(actor=flood.officer, code=code, at=at).log[:3]] == [
        "1 名队员答应来", "1 名队员不来", "1 名队员答应来",
    ]  # fmt: skip

    people.record(accepts=False, reason="车坏了", **told)
    people.decline(actor=himself, code=code, at=at)
    line = board.board(actor=flood.officer, code=code, at=at).teams[0]
    assert (line.accepted, line.first_at, line.last_at) == (0, None, None)
    yes(None)
    assert PersonCall.get(PersonCall.volunteer == one).there_at is None


def test_leaders_are_woken_in_the_night_and_members_only_after_their_leader(flood: Flood, at: datetime) -> None:
    night = at.replace(hour=19)  # three in the morning in Shanghai
    code = calls.write_down(actor=flood.officer, draft=flood.draft(starts_at=night, ends_at=night + HOUR), at=night)
    calls.start(actor=flood.officer, code=code, at=night)
    told = {(row.kind, row.volunteer_id, row.priority, row.due_at) for row in Delivery.select()}
    assert ("dispatch_team", flood.leaders["城东"].id, 1, night) in told
    assert {kind for kind, *_ in told} == {"dispatch_team"}
    flood.comes(code, "城东", 5, night)
    assert Delivery.select().where(Delivery.kind == "dispatch_person", Delivery.priority == 1).count() == 5


def test_dangerous_call_proposes_and_takes_only_who_is_insured(flood: Flood, at: datetime) -> None:
    code = flood.start()
    Insurance.update(ended_at=at).execute()
    assert refused(lambda: flood.comes(code, "城东", 4)) is C.INSURANCE_MISSING
    assert TeamCall.select().where(TeamCall.state == "coming").count() == 0
    other = calls.write_down(actor=flood.officer, draft=flood.draft(), at=at)
    shown = board.proposal(actor=flood.officer, code=other, at=at)
    assert (shown.teams, shown.next_wave, len(shown.uncovered)) == ([], 0, 4)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"place_region": SIBLING_TOWN}, "place_region"), ({"place_region": "341522999"}, "place_region"),
        ({"title": " "}, "title"), ({"people": 0}, "people"), ({"boats": -1}, "boats"), ({"point": "nowhere"}, "point"),
        ({"follows": "nothing"}, "follows"),
        ({"skills": ("flying",)}, "skills"), ({"speciality": "magic"}, "speciality"), ({"sub_domain": "x"}, "domain"),
        ({"fields": ("群众", "群众")}, "fields"), ({"risks": "长" * 1001}, "risks"),
    ],
)  # fmt: skip
def test_draft_that_cannot_be_kept_names_the_field(
    flood: Flood, at: datetime, wrong: dict[str, Any], field: str
) -> None:
    with pytest.raises(calls.Refusal) as no:
        calls.write_down(actor=flood.officer, draft=flood.draft(**wrong), at=at)
    assert (no.value.code, no.value.facts) == (C.FIELD_WRONG, {"field": field})


def test_call_longer_than_a_day_or_over_is_refused(flood: Flood, at: datetime) -> None:
    for starts, ends in ((at, at + 25 * HOUR), (at, at), (at - 13 * HOUR, at + HOUR), (at - 2 * HOUR, at - HOUR)):
        draft = flood.draft(starts_at=starts, ends_at=ends)
        assert refused(lambda d=draft: calls.write_down(actor=flood.officer, draft=d, at=at)) is C.FIELD_WRONG


def test_town_and_stranger_cannot_call(flood: Flood, at: datetime) -> None:
    town = make_volunteer(at)
    grant(at, town, "director", region=TOWN)
    stranger = Actor("console", flood.cast.chali.id)
    own = flood.draft(region_code=TOWN, place_region=VILLAGE)
    assert refused(lambda: calls.write_down(actor=Actor("console", town.id), draft=own, at=at)) is C.NOT_ALLOWED
    assert refused(lambda: calls.write_down(actor=stranger, draft=flood.draft(), at=at)) is C.NOT_FOUND
    code = flood.start()
    assert refused(lambda: board.board(actor=stranger, code=code, at=at)) is C.NOT_FOUND
    assert refused(lambda: people.accept(actor=stranger, code=code, risk_accepted=True, at=at)) is C.NOT_FOUND
    assert refused(lambda: answers.answer(actor=stranger, code=code, answer=Answer(3), at=at)) is C.NOT_FOUND


def test_leaders_answer_is_changed_never_below_who_said_yes(flood: Flood, at: datetime) -> None:
    code = flood.start()
    flood.comes(code, "城东", 4)
    for person in flood.members["城东"][:2]:
        flood.goes(code, person)
    assert refused(lambda: flood.comes(code, "城东", 1)) is C.DISPATCH_TOO_FEW
    assert refused(lambda: flood.comes(code, "城东", 0)) is C.DISPATCH_TOO_FEW
    assert refused(lambda: flood.comes(code, "城东", 2, there_at=at + 9 * HOUR)) is C.DISPATCH_TOO_LATE
    flood.comes(code, "城东", 2)
    assert refused(lambda: flood.goes(code, flood.members["城东"][2])) is C.DISPATCH_FULL
    assert flood.comes(code, "城西", 3) == "coming"
    assert flood.comes(code, "城西", 0) == "declined"
    gone = Activity.get(Activity.team == flood.teams["城西"], Activity.title == "淮河大堤抢险")
    assert gone.state == "cancelled"
    assert refused(lambda: flood.goes(code, flood.members["城西"][1])) is C.DISPATCH_CLOSED


def test_telephone_answer_needs_a_leader_who_is_not_the_writer(flood: Flood, at: datetime) -> None:
    code = flood.start()
    team, leader = flood.teams["城东"], flood.leaders["城东"]

    def record(actor: Actor, said_by: str) -> str:
        return answers.record(
            actor=actor, code=code, team_code=team.code, said_by=said_by, answer=Answer(3, vehicles=1), at=at
        )

    assert refused(lambda: record(flood.officer, flood.members["城东"][1].public_no)) is C.FIELD_WRONG
    assert refused(lambda: record(flood.lead("城东"), leader.public_no)) is C.FIELD_WRONG
    assert refused(lambda: record(flood.lead("河口"), leader.public_no)) is C.NOT_FOUND
    assert record(flood.officer, leader.public_no) == "coming"
    call = TeamCall.get(TeamCall.team == team)
    assert (call.how, call.answered_by_id, call.recorded_by_id) == ("phone", leader.id, flood.director.id)
    own = flood.leaders["城东"].public_no
    assert refused(
        lambda: people.record(actor=flood.lead("城东"), code=code, public_no=own, accepts=True, risk_read=True, at=at)
    ) is C.OWN_RECORD
    assert refused(
        lambda: people.record(
            actor=flood.lead("城东"), code=code, public_no=flood.members["城东"][1].public_no, accepts=True, at=at
        )
    ) is C.RISK_NOT_ACCEPTED


def test_late_clock_lets_nobody_in_after_the_end(flood: Flood, at: datetime) -> None:
    code = flood.start()
    flood.comes(code, "城东", 4)
    late = at + 8 * HOUR
    assert refused(lambda: flood.comes(code, "城西", 3, late)) is C.DISPATCH_CLOSED
    assert refused(lambda: flood.goes(code, flood.members["城东"][1], late)) is C.DISPATCH_CLOSED


def test_neighbours_members_are_numbers_to_the_calling_county(flood: Flood, at: datetime) -> None:
    """S43: only a team's own line sees who its people are."""
    city = Actor("console", flood.city.id)
    code = calls.write_down(actor=city, draft=flood.draft(region_code=CITY, people=200), at=at)
    calls.start(actor=city, code=code, at=at)
    flood.comes(code, "邻县", 5)
    flood.comes(code, "城东", 5)
    county = flood.officer
    assert board.team_page(actor=county, code=code, team_code=flood.teams["城东"].code, at=at).people is not None
    page = board.team_page(actor=county, code=code, team_code=flood.teams["邻县"].code, at=at)
    assert (page.people, page.team.asked) == (None, 8)
    assert Dispatch.get(Dispatch.code == code).wave == 1


def test_everyday_activity_gives_way_to_what_is_urgent(flood: Flood, at: datetime) -> None:
    def busy() -> None:
        _, shift = make_activity(at, flood.teams["城东"], starts_in=-HOUR, hours=3)
        sign_up(at, shift, flood.members["城东"][1])

    store.write(busy)
    code = flood.start()
    flood.comes(code, "城东", 5)
    assert flood.goes(code, flood.members["城东"][1]).state == "accepted"
    assert Signup.get(Signup.channel == "dispatch").clash_reason == "紧急调度"


def test_merged_entry_takes_its_call_along(flood: Flood, at: datetime) -> None:
    code = flood.start()
    flood.comes(code, "城东", 5)
    dropped, kept = flood.members["城东"][2], make_volunteer(at, flood.members["城东"][2].name)
    merging.merge(
        parts=make_parts(FakeGateway()), actor=flood.cast.actor(flood.cast.officer, "console"), reason="同一个人",
        kept_no=kept.public_no, dropped_no=dropped.public_no, at=at,
    )  # fmt: skip
    assert flood.goes(code, kept).state == "accepted"
    assert PersonCall.select().where(PersonCall.volunteer == dropped).count() == 0


def test_more_people_are_wanted_but_never_fewer_than_said_yes(flood: Flood, at: datetime) -> None:
    code = flood.start(people=2)
    flood.comes(code, "城东", 2)
    flood.goes(code, flood.members["城东"][0])
    flood.goes(code, flood.members["城东"][1])
    assert refused(lambda: flood.goes(code, flood.members["城东"][2])) is C.DISPATCH_FULL
    assert refused(lambda: calls.set_wanted(actor=flood.officer, code=code, people=1, at=at)) is C.FIELD_WRONG
    calls.set_wanted(actor=flood.officer, code=code, people=9, at=at)
    flood.beat(at + timedelta(seconds=20))
    assert len(flood.called(code)) > 2


def test_team_member_without_the_skill_that_is_asked_has_no_place(flood: Flood, at: datetime) -> None:
    """Nobody asked him; the activity stands open to his team, and its position asks what the call asks."""
    able, other = flood.members["城东"][1:3]
    store.write(lambda: VolunteerSkill.create(volunteer=able, skill="boat", at=at))
    code = flood.start(skills=("boat", "driving"), people=1)
    flood.comes(code, "城东", 1)
    shift = Activity.get(Activity.title == "淮河大堤抢险").shifts.get()
    assert refused(
        lambda: signups.sign_up(
            actor=Actor("pages", other.id), shift_code=shift.code, risk_accepted=True, channel="pages", at=at
        )
    ) is C.NOT_ELIGIBLE
    assert flood.goes(code, able).state == "accepted"


def test_call_goes_on_within_a_day_and_then_another_shift_comes(flood: Flood, at: datetime) -> None:
    code = flood.start(people=2)
    flood.comes(code, "城东", 2)
    person = flood.members["城东"][1]
    activity = Activity.get(Activity.code == flood.goes(code, person).activity_code)
    for hours in (8, 25):
        wrong = at + hours * HOUR
        assert refused(
            lambda w=wrong: going_on.prolong(actor=flood.officer, code=code, ends_at=w, at=at)
        ) is C.FIELD_WRONG
    Insurance.update(covers_until=at + 20 * HOUR).execute()
    late = at + 24 * HOUR
    assert refused(
        lambda: going_on.prolong(actor=flood.officer, code=code, ends_at=late, at=at)
    ) is C.INSURANCE_ENDS
    going_on.prolong(actor=flood.officer, code=code, ends_at=at + 12 * HOUR, at=at + HOUR)
    after = Activity.get_by_id(activity.id)
    assert {Dispatch.get().ends_at, after.ends_at, after.signup_closes_at, after.shifts.get().ends_at} == {
        at + 12 * HOUR
    }  # fmt: skip
    told = Delivery.select().where(Delivery.kind == "dispatch_longer")
    assert {row.volunteer_id for row in told} == {person.id, flood.leaders["城东"].id}

    shift = after.shifts.get()
    for direction, when in (("in", at + HOUR), ("out", at + 11 * HOUR)):
        attendance.tick(
            actor=flood.lead("城东"), shift_code=shift.code, public_no=person.public_no, direction=direction, at=when
        )
    standing_down.close(actor=flood.officer, code=code, outcome="stood_down", reason="换班", at=at + 11 * HOUR)
    draft = going_on.next_shift(actor=flood.officer, code=code, at=at + 11 * HOUR)
    assert (draft.starts_at, draft.ends_at, draft.people) == (at + 12 * HOUR, late, 2)
    Insurance.update(covers_until=at + 99 * HOUR).execute()
    second = calls.write_down(actor=flood.officer, draft=draft, at=at + 11 * HOUR)
    facts = dict(situation.report(actor=flood.officer, code=second, at=at + 13 * HOUR).facts)
    assert facts["前几班"] == "前面 1 班，到过 1 人次，服务时长共10小时"
    assert [each.code for each in going_on.before(Dispatch.get(Dispatch.code == second).id)] == [code]
