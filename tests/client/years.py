"""A year on the phones: an assessment under way, a result that was told, a drill, a certificate."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from models import (
    Activity,
    AssessmentCard,
    AssessmentCycle,
    AssessmentPeer,
    AssessmentPhase,
    Dispatch,
    TeamCall,
    TrainingCertificate,
    TrainingCourse,
    TrainingResult,
    TrainingSession,
)
from services import rules
from settings import load
from tests.support.world import (
    COUNTY,
    VILLAGE,
    World,
    grant,
    join,
    make_activity,
    make_identity,
    make_team,
    make_volunteer,
)

#: A name as long as names may be.
LONG = "欧阳" + "那拉" * 29
DRILL, COURSE, PROOF = "drill001", "心肺复苏", "cert00000001"
#: A class that is over, with two people whose results nobody has said.
CLASS = "class001"
#: A call in earnest to a team of its own: phones of its leader and of a member.
CALL = "called01"
CAPTAIN, RESCUER = 28, 29
NAMES = {CAPTAIN: "韩队长", RESCUER: "彭志刚"}


def make(at: datetime, world: World) -> None:
    """All of it, inside the write that makes the house."""
    _assessment(at, world)
    dispatch = Dispatch.create(
        code=DRILL, region_code=COUNTY, reach=COUNTY, place_region=VILLAGE, drill=True, title="夜间集结", domain="D3",
        sub_domain="patrol", content="到老闸口集合，带上手电", place="老闸口", people=2, risks="夜里路滑",
        safeguards="反光背心", contact="值班室 0564-6000000", fields=["群众"], starts_at=at + timedelta(hours=1),
        ends_at=at + timedelta(hours=16), state="calling", wave=1, created_by=world.officer, created_at=at,
    )  # fmt: skip
    TeamCall.create(dispatch=dispatch, team=world.team, wave=1, state="asked", asked_at=at)
    _call(at, world)
    taught, _ = make_activity(at, world.team, starts_in=-timedelta(days=3), title=COURSE)
    course = TrainingCourse.create(
        code="cour0001", kind="safety", name=COURSE, minutes=90, tested=True, certificate=True, from_on="2026-01-01",
        region_code=VILLAGE, created_at=at,
    )  # fmt: skip
    TrainingCertificate.create(
        code=PROOF, number="PX2026060800000001", issued_on="2026-06-08", state="valid", created_at=at, activity=taught,
        course=course, volunteer=world.xiaobo, region_code=VILLAGE,
    )  # fmt: skip
    _class(at, world)


def _class(at: datetime, world: World) -> None:
    course = TrainingCourse.create(
        code="cour0002", kind="safety", name="包扎止血", minutes=90, tested=True, certificate=True,
        from_on="2026-01-01", region_code=VILLAGE, created_at=at,
    )  # fmt: skip
    held, _ = make_activity(at, world.team, starts_in=-timedelta(days=2), title="包扎止血班", purpose="training")
    rule = rules.rule("training", world.team.region_code, at)
    Activity.update(code=CLASS, hours_rule=rule.id).where(Activity.id == held.id).execute()
    TrainingSession.create(activity=held, course=course)
    for person in (world.xiaobo, world.chali):
        TrainingResult.create(
            activity=held, course=course, volunteer=person, region_code=VILLAGE, local_day=held.local_day, minutes=90,
            updated_at=at,
        )  # fmt: skip


def _call(at: datetime, world: World) -> None:
    rescue = make_team(at, world.centre, "巡堤服务队")
    appid = load(demo=True).wechat_mp_appid
    for number, name in NAMES.items():
        person = make_volunteer(at, name)
        make_identity(at, person, "mp", appid=appid, openid=f"mp-{number}", union_checked=True)
        join(at, rescue, person)
        if number == CAPTAIN:
            grant(at, person, "team_leader", team=rescue)
    call = Dispatch.create(
        code=CALL, region_code=COUNTY, reach=COUNTY, place_region=VILLAGE, title="夜里巡堤", domain="D3",
        sub_domain="patrol", content="两人一组，沿堤巡查", place="大堤二段", people=2, risks="夜里路滑，看清脚下",
        safeguards="反光背心、手电", contact="值班室 0564-6000000", starts_at=at, ends_at=at + timedelta(hours=20),
        state="calling", wave=1, created_by=world.officer, created_at=at,
    )  # fmt: skip
    TeamCall.create(dispatch=call, team=rescue, wave=1, state="asked", asked_at=at)


def phones() -> list[tuple[int, str]]:
    """(number, name) of those who are called."""
    return list(NAMES.items())


def _assessment(at: datetime, world: World) -> None:
    day, year = timedelta(days=1), str(at.year)
    cycle = AssessmentCycle.create(
        code="cycle001", region_code=COUNTY, year=year, state="running", seed="1", created_at=at
    )
    for number, (kind, opens, closes) in enumerate((("self", -9, 5), ("peer", -4, 5), ("review", 5, 20)), 1):
        first, last = at + opens * day, at + closes * day
        AssessmentPhase.create(
            cycle=cycle, number=number, kind=kind, name="", opens_on=f"{first:%Y-%m-%d}", closes_on=f"{last:%Y-%m-%d}",
            opens_at=first, closes_at=last, state="open" if opens < 0 else "waiting", opened_at=first,
        )  # fmt: skip
    common: dict[str, Any] = {
        "cycle": cycle, "year": year, "team": world.team, "region_code": VILLAGE, "joined_at": at - 99 * day,
        "created_at": at,
    }  # fmt: skip
    mate = make_volunteer(at, LONG)
    join(at, world.team, mate)
    AssessmentCard.create(code="card0001", volunteer=world.xiaobo, **common)
    for code, judged in (("card0002", world.ali), ("card0003", mate)):
        card = AssessmentCard.create(code=code, volunteer=judged, **common)
        AssessmentPeer.create(cycle=cycle, card=card, reviewer=world.xiaobo)
    AssessmentCard.create(
        code="card0004", volunteer=world.chali, state="told", grade="fail", total=52, self_score=80, review_score=45,
        objective_score=45, weights={"self": 20, "peer": 0, "review": 80}, reason="出勤少。", told_at=at,
        object_until=at + 7 * day, decided_by=world.officer, decided_at=at, **common,
    )  # fmt: skip
