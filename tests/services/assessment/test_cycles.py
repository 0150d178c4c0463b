"""Dates of a cycle: what is refused and why, what is prescribed from above, and a worker that stood still."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest

from models import AssessmentCard, AssessmentCycle, AssessmentPeer, AssessmentPhase, Centre, store
from services.actors import Actor
from services.assessment import cycles, own, phases, views
from services.assessment.shapes import PhaseDates
from services.errors import Refusal, RefusalCode
from services.listing import Wanted
from services.messaging.notices import leaders
from services.policy import numbers
from tests.services.assessment.conftest import DAYS, PEER, REVIEW, SELF, Year, beat, moment, refused
from tests.support import world
from tests.support.world import CITY, COUNTY, PROVINCE, TOWN, World

C = RefusalCode
TALK = PhaseDates("extra", date(2026, 11, 16), date(2026, 11, 20), "群众评议", 20)


@pytest.mark.parametrize(
    ("phases_", "what"),
    [
        ([replace(SELF, closes_on=date(2026, 10, 1)), REVIEW], "reversed"),
        ([SELF, replace(PEER, opens_on=date(2026, 11, 15)), REVIEW], "overlap"),
        ([PEER, SELF, REVIEW], "overlap"),
        ([replace(SELF, opens_on=date(2026, 6, 1)), REVIEW], "past"),
        ([SELF, PEER], "review"),
        ([], "review"),
        ([SELF, replace(SELF, opens_on=date(2026, 11, 16), closes_on=date(2026, 11, 17)), REVIEW], "kinds"),
        ([replace(SELF, opens_on=date(2026, 7, 1)), REVIEW], "long"),
        ([SELF, replace(TALK, name=""), REVIEW], "name"),
        ([SELF, replace(TALK, weight=51), REVIEW], "weight"),
        ([SELF, replace(REVIEW, opens_on=date(2027, 7, 1), closes_on=date(2027, 7, 9))], "outside"),
    ],
)
@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_dates_that_make_no_cycle_are_refused_in_one_sentence(
    cast: World, at: datetime, phases_: Any, what: str
) -> None:
    with pytest.raises(Refusal) as no:
        cycles.create(
            actor=cast.actor(cast.officer, "console"), region_code=COUNTY, year="2026", phases=phases_, at=at
        )
    assert (no.value.code, no.value.facts["what"]) == (C.ASSESSMENT_DATES, what)
    assert no.value.facts["why"]


def test_a_cycle_is_made_once_by_those_who_manage_a_centre(year: Year, at: datetime) -> None:
    given: dict[str, Any] = {
        "actor": year.officer,
        "region_code": COUNTY,
        "year": "2026",
        "phases": DAYS,
        "at": at,
    }
    assert refused(lambda: cycles.create(**given)) == C.ASSESSMENT_STATE
    assert refused(lambda: cycles.create(**given | {"actor": year.actor(year.cast.ali)})) == C.NOT_FOUND
    assert refused(lambda: cycles.create(**given | {"region_code": TOWN})) == C.CENTRE_MISSING
    numbers.set_number(
        actor=year.above, region_code=CITY, kind="modules", name="assessment", value=False, lock=False,
        reason="明年再做", at=at,
    )  # fmt: skip
    assert refused(lambda: cycles.create(**given | {"year": "2027"})) == C.MODULE_OFF
    beat(moment(11, 1))
    assert AssessmentCard.select().count() == 0


def test_phases_that_passed_while_the_worker_slept_are_opened_and_closed_once(year: Year) -> None:
    for _ in range(2):
        beat(moment(11, 20))
    assert [(p.kind, p.state, p.missed) for p in AssessmentPhase.select().order_by(AssessmentPhase.number)] == [
        ("self", "closed", True), ("peer", "open", False), ("review", "waiting", False),
    ]  # fmt: skip
    assert (AssessmentCard.select().count(), AssessmentPeer.select().count()) == (6, 24)
    # Nobody is asked for what is over; the centre hears that it may set new days.
    assert sorted(year.told()) == ["assessment_missed"] * 2 + ["assessment_peer"] * 6
    mine = own.newest(actor=year.actor(year.cast.xiaobo), at=moment(11, 20))
    assert mine is not None
    assert refused(
        lambda: own.submit(actor=year.actor(year.cast.xiaobo), code=mine.code, score=80, at=moment(11, 20))
    ) == (C.PHASE_CLOSED)


def test_a_phase_is_moved_and_those_it_concerns_are_told(year: Year) -> None:
    def move(number: int, opens: date, closes: date, at: datetime, reason: str = "开会") -> None:
        cycles.move(
            actor=year.officer,
            code=year.code,
            number=number,
            opens_on=opens,
            closes_on=closes,
            reason=reason,
            at=at,
        )

    beat(moment(11, 1))
    now = moment(11, 10)
    assert refused(lambda: move(1, SELF.opens_on, date(2026, 11, 16), now)) == C.ASSESSMENT_DATES
    assert refused(lambda: move(1, date(2026, 11, 2), date(2026, 11, 12), now)) == C.ASSESSMENT_STATE
    assert refused(lambda: move(1, SELF.opens_on, date(2026, 11, 12), now, " ")) == C.REASON_REQUIRED
    assert refused(lambda: move(9, SELF.opens_on, date(2026, 11, 12), now)) == C.NOT_FOUND
    move(1, SELF.opens_on, date(2026, 11, 12), now)
    for _ in range(2):
        beat(now)
    assert year.told().count("assessment_moved") == 6
    beat(moment(11, 13))
    page = views.cycle(actor=year.officer, code=year.code, at=moment(11, 13))
    assert [line.state for line in page.phases] == ["closed", "waiting", "waiting"]
    assert refused(lambda: move(1, SELF.opens_on, date(2026, 11, 14), moment(11, 13))) == C.ASSESSMENT_STATE


def test_a_cycle_that_is_given_up_is_told_once_and_can_be_made_anew(year: Year) -> None:
    beat(moment(11, 1))
    cycles.cancel(actor=year.officer, code=year.code, reason="日子定错了", at=moment(11, 2))
    for _ in range(2):
        beat(moment(11, 3))
    assert year.told().count("assessment_cancelled") == 6
    assert own.newest(actor=year.actor(year.cast.xiaobo), at=moment(11, 3)) is None
    assert refused(
        lambda: cycles.cancel(actor=year.officer, code=year.code, reason="再", at=moment(11, 3))
    ) == (C.ASSESSMENT_STATE)
    later = [
        replace(SELF, opens_on=date(2026, 11, 5)), PEER, REVIEW,
    ]  # fmt: skip
    year.code = cycles.create(
        actor=year.officer, region_code=COUNTY, year="2026", phases=later, at=moment(11, 3)
    )
    beat(moment(11, 5))
    assert views.cycle(actor=year.officer, code=year.code, at=moment(11, 5)).line.cards == 6


def test_dates_prescribed_from_above_make_the_cycles_and_bind_them(cast: World, at: datetime) -> None:
    def prepare() -> Actor:
        Centre.create(region_code=CITY, kind="centre", name="六安市中心", created_at=at)
        province = world.make_volunteer(at, "省厅")
        world.grant(at, province, "region_admin", region=PROVINCE)
        return Actor("console", province.id)

    above, county = store.write(prepare), cast.actor(cast.officer, "console")
    given: dict[str, Any] = {
        "actor": above,
        "region_code": PROVINCE,
        "year": "2026",
        "phases": DAYS,
        "at": at,
    }
    cycles.prescribe(**given, binding=False)
    assert refused(lambda: cycles.prescribe(**given, binding=True)) == C.ASSESSMENT_STATE
    for _ in range(2):
        phases.work(at=at)
    # The city has a centre and no team of its own, so the county alone has a cycle.
    made = AssessmentCycle.get()
    assert (AssessmentCycle.select().count(), made.region_code) == (1, COUNTY)
    # The county may choose other days, one more phase, too, until the province binds them.
    cycles.replan(actor=county, code=made.code, phases=[SELF, TALK, REVIEW], reason="加群众评议", at=at)
    plan = views.plans(actor=county, region_code=COUNTY, year="2026", at=at)[0]
    assert (plan.region_code, plan.binding) == (PROVINCE, False)
    cycles.withdraw_plan(actor=above, plan_id=plan.id, reason="改为统一", at=at)
    cycles.prescribe(**given, binding=True)
    assert [phase.kind for phase in AssessmentPhase.select().order_by(AssessmentPhase.number)] == [
        "self",
        "peer",
        "review",
    ]
    again: dict[str, Any] = {"actor": county, "code": made.code, "reason": "想改", "at": at}
    assert refused(lambda: cycles.replan(**again, phases=[SELF, REVIEW])) == C.ASSESSMENT_PRESCRIBED
    assert (
        refused(lambda: cycles.move(**again, number=1, opens_on=SELF.opens_on, closes_on=date(2026, 11, 10)))
        == C.ASSESSMENT_PRESCRIBED
    )
    assert [line.place for line in views.cycles(actor=above, wanted=Wanted(), at=at).rows] == ["霍邱县"]
    assert leaders(team_id=cast.team.id, at=at) == [cast.ali.id]
