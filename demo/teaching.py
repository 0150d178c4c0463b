"""What is taught in the demo: a school with its course and a base, an order that waits, a session to sign up for, a
recruitment drive."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from clock import local_day
from demo import names
from demo.places import COUNTY
from models import (
    Activity,
    Position,
    RecruitmentDrive,
    RuleSet,
    Shift,
    Team,
    TrainingBase,
    TrainingCourse,
    TrainingOrder,
    TrainingProvider,
    TrainingSession,
)
from services.times import at_hour, working_days_after
from wording import say


def lay_out(rng: Random, *, teams: dict[str, Team], officer: int, at: datetime) -> None:
    """Make one of each; nobody is told anew. Inside the world's write."""
    team, today = teams["donghu"], local_day(at)
    leader = Team.get_by_id(team.id).leader_id
    begun = at - timedelta(days=60)
    kept = {"region_code": COUNTY, "created_by": officer, "created_at": begun}
    school = TrainingProvider.create(
        code=names.code(rng), kind="league", name="县团校", offers="急救、消防、队伍管理",
        from_on=f"{today.year}-01-01", **kept,
    )  # fmt: skip
    first_aid = TrainingCourse.create(
        code=names.code(rng), kind="safety", name="心肺复苏", content="胸外按压、人工呼吸、除颤器怎么用。", minutes=90,
        tested=True, certificate=True, valid_months=24, provider=school, from_on=f"{today.year}-01-01", **kept,
    )  # fmt: skip
    TrainingCourse.create(
        code=names.code(rng), kind="adaptation", name="退役军人适应性培训", content="政策、就业、志愿服务。",
        minutes=360, from_on=f"{today.year}-01-01", **kept,
    )  # fmt: skip
    TrainingBase.create(
        code=names.code(rng), name="县红耀培训基地", address="党校路 1 号", area=800, capacity=120, state="running",
        approval="县退役军人〔2026〕3 号", approved_on=f"{today.year}-01-15", courses=[first_aid.code], provider=school,
        **kept,
    )  # fmt: skip
    _session(rng, team, first_aid, school, at)
    TrainingOrder.create(
        code=names.code(rng), team=team, region_code=team.region_code, topic="水上救援怎么自保", people=15,
        wanted_from=(today + timedelta(days=10)).isoformat(), wanted_until=(today + timedelta(days=25)).isoformat(),
        wanted_time="周末上午", place="社区会议室", state="requested", asked_by=leader,
        due_at=working_days_after(at, 7), created_at=at - timedelta(hours=3), updated_at=at - timedelta(hours=3),
    )  # fmt: skip
    RecruitmentDrive.create(
        code=names.code(rng), region_code=COUNTY, title="秋季适应性培训", place="县委党校", audience=60, team=team,
        from_on=(today - timedelta(days=1)).isoformat(), to_on=(today + timedelta(days=5)).isoformat(),
        created_by=officer, created_at=at - timedelta(days=1),
    )  # fmt: skip


def _session(rng: Random, team: Team, course: TrainingCourse, school: TrainingProvider, at: datetime) -> None:
    """A course in four days' time, open to the team's township."""
    day = local_day(at) + timedelta(days=4)
    starts, ends = at_hour(day, 9), at_hour(day, 11)
    activity = Activity.create(
        code=names.code(rng), team=team, region_code=team.region_code, purpose="training", title=course.name,
        domain="training", sub_domain=course.kind, place="社区会议室", content=course.content, openness="area",
        conditions=say("training.session.conditions"), risk_notice=say("training.session.risk_notice"),
        safeguards=say("training.session.safeguards"), how_to_join=say("planning.how_to_join"), state="published",
        starts_at=starts, ends_at=ends, local_day=day.isoformat(), signup_opens_at=at - timedelta(days=1),
        signup_closes_at=starts, hours_rule=RuleSet.get(RuleSet.kind == "training"), created_at=at - timedelta(days=1),
        published_at=at - timedelta(days=1),
    )  # fmt: skip
    position = Position.create(activity=activity, name=say("training.session.position"), quota=30)
    Shift.create(
        code=names.code(rng), activity=activity, position=position, starts_at=starts, ends_at=ends,
        planned_ends_at=ends, quota=30, code_key=f"{rng.getrandbits(128):032x}",
    )  # fmt: skip
    TrainingSession.create(activity=activity, course=course, provider=school, teacher="周老师")
