"""A course and its session in the small world: an activity under the rule of class time."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from models import Activity, RuleSet, Shift, TrainingCourse, TrainingSession, store
from tests.support.world import COUNTY, World, make_activity, sign_up


def make_course(at: datetime, name: str = "心肺复苏", **more: Any) -> TrainingCourse:
    fields = {"kind": "safety", "region_code": COUNTY, "minutes": 90, "from_on": "2026-01-01", **more}
    number = TrainingCourse.select().count() + 1
    return TrainingCourse.create(code=f"course{number}", name=name, created_at=at, **fields)


def make_session(
    cast: World, at: datetime, course: TrainingCourse | None = None, **more: Any
) -> tuple[Activity, Shift]:
    """A published session of two hours that begins in four, 小博 signed up for it."""

    def act() -> tuple[Activity, Shift]:
        taught = course or make_course(at)
        activity, shift = make_activity(
            at, cast.team, title=taught.name, domain="training", sub_domain=taught.kind, purpose="training", **more
        )
        Activity.update(hours_rule=RuleSet.get(RuleSet.kind == "training")).where(Activity.id == activity.id).execute()
        TrainingSession.create(activity=activity, course=taught)
        sign_up(at, shift, cast.xiaobo)
        return Activity.get_by_id(activity.id), shift

    return store.write(act)
