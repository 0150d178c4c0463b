"""A night driven by the worker alone: silence, the next wave, the centre above, neighbours, nobody left, the end."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from models import AidRequest, Delivery, Dispatch, DrillMessage, History, Notice, PersonCall, Signup, TeamCall
from schedulers.jobs import JOBS
from services.actors import Actor
from services.dispatch import board, calls, lending, people, standing_down, waves
from services.errors import RefusalCode
from services.parts import Parts
from tests.services.dispatch.conftest import HOUR, MINUTE, Flood, refused
from tests.support.world import CITY, PROVINCE, grant, make_volunteer

C = RefusalCode
JOB = next(job for job in JOBS if job.name == "dispatch")


def night(parts: Parts | None, begin: datetime, end: datetime) -> None:
    """The worker beats from `begin` to `end`, every twenty seconds; nobody else does anything."""
    from models import store

    moment = begin
    while moment <= end:
        JOB.run(parts, moment, store.write)  # type: ignore[arg-type]
        moment += timedelta(seconds=20)


def state(code: str) -> tuple[int, str]:
    found = Dispatch.get(Dispatch.code == code)
    return found.wave, found.reach


def told(kind: str) -> list[int]:
    rows = Delivery.select(Delivery.volunteer).where(Delivery.kind == kind).order_by(Delivery.id)
    return [row.volunteer_id for row in rows]


def test_silence_goes_on_to_the_next_wave_then_to_the_centre_above_then_to_neighbours(
    flood: Flood, at: datetime
) -> None:
    code = flood.start(people=6)
    assert flood.called(code) == ["城东", "城西"]
    night(None, at, at + 14 * MINUTE)
    assert state(code)[0] == 1
    night(None, at + 15 * MINUTE, at + 16 * MINUTE)
    assert flood.called(code) == ["城东", "城西", "救援", "河口"]
    assert {row.state for row in TeamCall.select().where(TeamCall.wave == 1)} == {"silent"}
    night(None, at + 16 * MINUTE, at + 31 * MINUTE)
    assert (told("dispatch_aid"), AidRequest.get().region_code) == ([flood.city.id], CITY)
    night(None, at + 31 * MINUTE, at + 46 * MINUTE)
    assert told("dispatch_aid") == [flood.city.id] * 2  # said once more, and no more
    night(None, at + 46 * MINUTE, at + 70 * MINUTE)
    assert (told("dispatch_aid"), len(told("dispatch_short"))) == ([flood.city.id] * 2, 2)
    assert state(code) == (2, flood.director and "341522")
    city = Actor("console", flood.city.id)
    assert lending.decide(actor=city, code=code, agrees=True, at=at + 71 * MINUTE) == 1
    assert (flood.called(code)[-1], state(code)) == ("邻县", (3, CITY))
    night(None, at + 71 * MINUTE, at + 90 * MINUTE)
    assert AidRequest.select().where(AidRequest.region_code == PROVINCE).count() == 1
    night(None, at + 8 * HOUR, at + 8 * HOUR)
    assert Dispatch.get().state == "over"
    assert refused(lambda: flood.comes(code, "城东", 3, at + 8 * HOUR)) is C.DISPATCH_CLOSED


def test_worker_that_slept_does_it_late_and_once(flood: Flood, at: datetime) -> None:
    code = flood.start(people=6)
    for _ in range(5):
        flood.beat(at + 3 * HOUR)
    assert (state(code)[0], len(flood.called(code))) == (2, 4)


def test_promises_hold_the_next_wave_back_for_one_wave_only(flood: Flood, at: datetime) -> None:
    code = flood.start(people=6)
    flood.comes(code, "城东", 5, at + 10 * MINUTE)
    flood.comes(code, "城西", 4, at + 12 * MINUTE)
    night(None, at, at + 24 * MINUTE)
    assert state(code)[0] == 1  # nine are promised
    for person in flood.members["城东"][:3]:
        flood.goes(code, person, at + 20 * MINUTE)
    night(None, at + 24 * MINUTE, at + 28 * MINUTE)
    assert state(code)[0] == 2  # three said yes themselves, and the promises are old
    for person in [*flood.members["城东"][3:], flood.members["城西"][0]]:
        flood.goes(code, person, at + 29 * MINUTE)
    night(None, at + 29 * MINUTE, at + 3 * HOUR)
    assert (state(code)[0], Dispatch.get().wave_due_at) == (2, None)
    people.decline(actor=Actor("api", flood.members["城东"][0].id), code=code, at=at + 3 * HOUR)
    night(None, at + 3 * HOUR, at + 3 * HOUR + MINUTE)
    assert flood.called(code)[2:] == ["救援", "河口"]  # a place came free: who was silent is not asked again


def test_boats_that_are_short_drive_the_next_wave_and_their_crew_comes_beyond_the_number(
    flood: Flood, at: datetime
) -> None:
    code = flood.start(people=2, boats=1)
    assert flood.called(code) == ["城东"]
    assert "要 2 人、1 条船" in Delivery.get(Delivery.kind == "dispatch_team").body
    flood.comes(code, "城东", 3)
    for person in flood.members["城东"][:2]:
        flood.goes(code, person)
    night(None, at, at + 16 * MINUTE)
    assert flood.called(code) == ["城东", "城西"]  # one team for the one boat
    flood.comes(code, "城西", 2, at + 17 * MINUTE, boats=1)
    assert refused(lambda: flood.goes(code, flood.members["城东"][2], at + 17 * MINUTE)) is C.DISPATCH_FULL
    night(None, at + 17 * MINUTE, at + 31 * MINUTE)
    shown = board.board(actor=flood.officer, code=code, at=at + 31 * MINUTE)
    assert (state(code)[0], shown.lacking, shown.comes("boats")) == (2, "1 条船", 0)  # promised, and nobody comes yet
    for person in flood.members["城西"][:2]:  # its crew, beyond the number
        assert flood.goes(code, person, at + 31 * MINUTE).state == "accepted"
    night(None, at + 31 * MINUTE, at + 3 * HOUR)
    assert (state(code)[0], Dispatch.get().wave_due_at) == (2, None)
    calls.set_wanted(actor=flood.officer, code=code, people=4, boats=1, vehicles=2, at=at + 3 * HOUR)
    night(None, at + 3 * HOUR, at + 3 * HOUR + MINUTE)
    assert flood.called(code)[2:] == ["救援", "河口"]


def test_second_officer_asks_nobody_twice(flood: Flood, at: datetime) -> None:
    code = flood.start(people=6)
    assert not calls.start(actor=flood.officer, code=code, at=at)
    assert waves.ask_more(actor=flood.officer, code=code, after=1, at=at) == 2
    assert waves.ask_more(actor=flood.officer, code=code, after=1, at=at) == 0
    assert len(flood.called(code)) == 4


def test_team_is_asked_by_name_once(flood: Flood, at: datetime) -> None:
    code = flood.start(people=6)
    team = flood.teams["河口"].code
    assert waves.ask_team(actor=flood.officer, code=code, team_code=team, at=at)
    assert not waves.ask_team(actor=flood.officer, code=code, team_code=team, at=at)
    beyond = flood.teams["邻县"].code
    assert refused(lambda: waves.ask_team(actor=flood.officer, code=code, team_code=beyond, at=at)) is C.NOT_FOUND


def test_centre_above_decides_once_and_not_who_wrote_the_call(flood: Flood, at: datetime) -> None:
    grant(at, flood.director, "director", region=CITY)
    other = make_volunteer(at)
    grant(at, other, "region_admin", region=CITY)
    code = flood.start(people=6)
    night(None, at, at + 31 * MINUTE)
    when = at + 32 * MINUTE
    city = Actor("console", flood.city.id)
    assert refused(lambda: lending.decide(actor=flood.officer, code=code, agrees=True, at=when)) is C.OWN_RECORD
    assert refused(lambda: lending.decide(actor=city, code=code, agrees=False, at=when)) is C.REASON_REQUIRED
    assert lending.decide(actor=city, code=code, agrees=False, answer="邻县也在抢险", at=when) == 0
    late = Actor("console", other.id)
    assert refused(lambda: lending.decide(actor=late, code=code, agrees=True, at=when)) is C.DISPATCH_DECIDED
    assert state(code) == (2, "341522")
    assert len(told("dispatch_short")) == 2  # the county's officers, once


def test_call_ended_in_a_wave_takes_back_what_waits_and_tells_who_was_asked(flood: Flood, at: datetime) -> None:
    code = flood.start(people=6, starts_at=at + HOUR, ends_at=at + 5 * HOUR)
    flood.comes(code, "城东", 4)
    goes, stays = flood.members["城东"][1:3]
    said = flood.goes(code, goes)
    people.decline(actor=Actor("api", stays.id), code=code, at=at)
    assert standing_down.close(actor=flood.officer, code=code, outcome="stood_down", reason="水退了", at=at + MINUTE)
    assert not standing_down.close(actor=flood.officer, code=code, outcome="cancelled", reason="晚了", at=at + MINUTE)
    asked = Delivery.select().where(Delivery.kind.in_(("dispatch_team", "dispatch_person")))
    assert {row.state for row in asked} == {"withdrawn"}
    assert Notice.select().where(Notice.state == "stopped").exists()
    heard = set(told("dispatch_stood_down"))
    assert flood.leaders["城西"].id in heard
    assert stays.id not in heard
    assert goes.id in heard  # by night, too: what tells of an activity's end would wait for the morning
    assert Signup.get(Signup.volunteer == goes).activity.code == said.activity_code
    assert told("activity_cancelled") == []
    night(None, at + MINUTE, at + 2 * HOUR)
    assert len(flood.called(code)) == 2
    assert refused(lambda: flood.goes(code, stays, at + HOUR)) is C.DISPATCH_CLOSED
    assert refused(lambda: flood.comes(code, "城西", 4, at + HOUR)) is C.DISPATCH_CLOSED
    assert refused(lambda: waves.ask_more(actor=flood.officer, code=code, after=1, at=at)) is C.DISPATCH_CLOSED


def test_call_in_no_hurry_waits_for_the_morning(flood: Flood, at: datetime) -> None:
    flood.start(urgent=False, sub_domain="patrol", starts_at=at + 24 * HOUR, ends_at=at + 27 * HOUR)
    assert {row.priority for row in Delivery.select()} == {5}
    night(None, at, at + 3 * HOUR)
    assert Dispatch.get().wave == 1


def test_drill_sends_nothing_signs_up_nobody_and_shows_everything(flood: Flood, at: datetime) -> None:
    code = flood.start(people=6, drill=True)
    flood.comes(code, "城东", 5)
    one, two = flood.members["城东"][:2]
    assert flood.goes(code, one).activity_code == ""
    flood.goes(code, two)
    night(None, at, at + 47 * MINUTE)
    standing_down.close(actor=flood.officer, code=code, outcome="stood_down", reason="演练结束", at=at + HOUR)
    assert (Delivery.select().count(), Signup.select().count()) == (0, 0)
    kinds = {row.kind for row in DrillMessage.select()}
    assert kinds == {"dispatch_team", "dispatch_person", "dispatch_aid", "dispatch_stood_down"}
    shown = board.board(actor=flood.officer, code=code, at=at + HOUR)
    assert (shown.drill, shown.total("accepted"), shown.state) == (True, 2, "stood_down")
    messages = board.messages(actor=flood.officer, code=code, at=at)
    assert len(messages) == DrillMessage.select().count()
    assert History.select().where(History.verb == "aid_asked").count() == 1


@pytest.mark.parametrize("outcome", ["stood_down", "cancelled"])
def test_running_activity_goes_on_until_its_people_checked_out(flood: Flood, at: datetime, outcome: str) -> None:
    from models import Activity
    from services.participation import attendance

    code = flood.start(people=6)
    flood.comes(code, "城东", 4)
    said = flood.goes(code, flood.members["城东"][1])
    activity = Activity.get(Activity.code == said.activity_code)
    attendance.tick(
        actor=flood.lead("城东"), shift_code=activity.shifts.get().code,
        public_no=flood.members["城东"][1].public_no, direction="in", at=at + 5 * MINUTE,
    )  # fmt: skip
    standing_down.close(actor=flood.officer, code=code, outcome=outcome, reason="水退了", at=at + HOUR)
    after = Activity.get_by_id(activity.id)
    assert (after.state, after.signup_closes_at) == ("published", at + HOUR)
    assert flood.members["城东"][1].id in told(f"dispatch_{outcome}")
    assert PersonCall.select().where(PersonCall.state == "accepted").count() == 1
