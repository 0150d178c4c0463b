"""What is taught on the stage: a provider, a course, a base, an order, a session that is over, its results, a
certificate, a recruitment drive; all of `stage.team` and its village."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from models import (
    Activity,
    RecruitmentDrive,
    RuleSet,
    TrainingBase,
    TrainingCertificate,
    TrainingCourse,
    TrainingOrder,
    TrainingProvider,
    TrainingResult,
    TrainingSession,
)
from tests.support import world
from tests.support.world import VILLAGE

#: As in tests/rights/examples.py.
VALUES: tuple[tuple[str, str, Any], ...] = (
    ("/console/trainings/<code>/results", "code", lambda s: s.class_day.code),
    ("/console/trainings/providers/", "code", lambda s: s.provider.code),
    ("/console/trainings/courses/", "code", lambda s: s.course.code),
    ("/console/trainings/bases/", "code", lambda s: s.base.code),
    ("/console/trainings/orders/", "code", lambda s: s.order.code),
    ("/console/trainings/certificates/", "code", lambda s: s.proof.code),
    ("/console/drives/", "code", lambda s: s.drive.code),
    ("/m/trainings/certificates/", "code", lambda s: s.own_proof.code),
    ("/m/trainings/orders/", "code", lambda s: s.order.code),
    ("/m/trainings/results/", "code", lambda s: s.class_day.code),
    ("/api/v1/trainings/", "code", lambda s: s.class_day.code),
    ("/api/v1/trainings/orders/", "code", lambda s: s.order.code),
    ("/api/v1/trainings/orders/", "step", lambda s: "withdraw"),
    ("/t/", "code", lambda s: s.proof.code),
    ("/r/", "code", lambda s: s.drive.code),
)
JSON: dict[str, Any] = {
    "POST /api/v1/trainings/orders": lambda s: {
        "team_code": s.team.code, "people": 20, "topic": "急救", "wanted_from": "2026-06-15",
        "wanted_until": "2026-06-30",
    },
    "POST /api/v1/trainings/orders/<code>/take": lambda s: {"provider": s.provider.code},
    "POST /api/v1/trainings/orders/<code>/<any('back', 'refuse', 'withdraw'):step>": lambda s: {"reason": "不办了"},
    "POST /api/v1/trainings/orders/<code>/session": lambda s: {
        "course": s.course.code, "starts_at": "2026-06-20T09:00:00+08:00", "ends_at": "2026-06-20T11:00:00+08:00",
        "people": 20, "place": "党校",
    },
    "POST /api/v1/trainings/<code>/results": lambda s: {"results": {s.person.public_no: "passed"}},
}  # fmt: skip
FORMS: dict[str, Any] = {
    "POST /console/trainings/providers/new": lambda s: {"region": VILLAGE, "name": "红会", "kind": "industry"},
    "POST /console/trainings/providers/<code>": lambda s: {"name": "团校", "kind": "league"},
    "POST /console/trainings/courses/new": lambda s: {"region": VILLAGE, "name": "消防", "kind": "safety"},
    "POST /console/trainings/courses/<code>": lambda s: {"name": "心肺复苏", "kind": "safety"},
    "POST /console/trainings/bases/new": lambda s: {"region": VILLAGE, "name": "训练场", "state": "planned"},
    "POST /console/trainings/bases/<code>": lambda s: {"name": "党校", "state": "planned"},
    "POST /console/trainings/new": lambda s: {
        "team": s.team.code, "course": s.course.code, "day": "2026-06-20", "from": "09:00", "to": "11:00",
        "people": "20", "place": "党校", "openness": "area",
    },
    "POST /console/trainings/orders/new": lambda s: _order(s) | {"team": s.team.code},
    "POST /console/trainings/orders/<code>": lambda s: {"act": "taken", "provider": s.provider.code},
    "POST /console/trainings/<code>/results": lambda s: {f"result.{s.person.public_no}": "passed"},
    "POST /console/drives/new": lambda s: {
        "region": VILLAGE, "title": "招募", "from_on": "2026-06-10", "to_on": "2026-06-12", "team": s.team.code,
    },
    "POST /console/drives/<code>": lambda s: {"audience": "40"},
    "POST /m/trainings/orders": lambda s: _order(s) | {"team": s.team.code},
    "POST /m/trainings/orders/<code>": lambda s: {"act": "withdrawn"},
    "POST /m/trainings/results/<code>": lambda s: {f"result.{s.person.public_no}": "passed"},
}  # fmt: skip


def _order(_stage: Any) -> dict[str, str]:
    return {"topic": "急救", "people": "20", "wanted_from": "2026-06-15", "wanted_until": "2026-06-30"}


def make(stage: Any) -> None:
    """Make them, inside the write that makes the stage."""
    at, team = stage.at, stage.cast.team
    here = {"region_code": VILLAGE, "created_at": at}
    stage.provider = TrainingProvider.create(
        code="prov0001", kind="league", name="团校", from_on="2026-01-01", person=stage.people["volunteer"], **here
    )
    stage.course = TrainingCourse.create(
        code="cour0001", kind="safety", name="心肺复苏", minutes=90, tested=True, certificate=True,
        from_on="2026-01-01", **here,
    )  # fmt: skip
    stage.base = TrainingBase.create(
        code="base0001", name="党校", address="东湖路", capacity=50, approval="霍退〔2026〕1号",
        approved_on="2026-01-01", state="running", **here,
    )  # fmt: skip
    stage.order = TrainingOrder.create(
        code="orde0001", team=team, topic="心肺复苏", course=stage.course, people=20, wanted_from="2026-06-15",
        wanted_until="2026-06-30", state="requested", asked_by=stage.cast.ali, due_at=at + timedelta(days=7),
        updated_at=at, **here,
    )  # fmt: skip
    stage.class_day, _ = world.make_activity(
        at, team, starts_in=-timedelta(hours=30), title="心肺复苏", domain="training", sub_domain="safety",
        purpose="training",
    )  # fmt: skip
    rule = RuleSet.get(RuleSet.kind == "training")
    Activity.update(hours_rule=rule).where(Activity.id == stage.class_day.id).execute()
    TrainingSession.create(activity=stage.class_day, course=stage.course, provider=stage.provider)
    taught = {"activity": stage.class_day, "course": stage.course, "volunteer": stage.person, "region_code": VILLAGE}
    TrainingResult.create(**taught, local_day="2026-06-08", minutes=90, updated_at=at)
    stage.proof = TrainingCertificate.create(
        code="cert00000001", number="PX2026060800000001", issued_on="2026-06-08", state="valid", created_at=at,
        **taught,
    )  # fmt: skip
    own = taught | {"volunteer": stage.people["member"]}
    TrainingResult.create(**own, local_day="2026-06-08", minutes=90, updated_at=at)
    stage.own_proof = TrainingCertificate.create(
        code="cert00000002", number="PX2026060800000002", issued_on="2026-06-08", state="valid", created_at=at, **own
    )
    stage.drive = RecruitmentDrive.create(
        code="driv0001", team=team, title="适应性培训", from_on="2026-06-01", to_on="2026-06-30", **here
    )
