"""A year's assessment on the stage of the rights: every phase open at once, two cards, an objection and an exit."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from models import (
    AssessmentCard,
    AssessmentCycle,
    AssessmentExit,
    AssessmentObjection,
    AssessmentPeer,
    AssessmentPhase,
    AssessmentPlan,
)
from tests.support import world
from tests.support.world import COUNTY, VILLAGE

#: (beginning of the rule, variable, the example), as in examples.py.
VALUES: tuple[tuple[str, str, Callable[[Any], Any]], ...] = (
    ("/console/assessment/", "code", lambda s: s.assessed["cycle"]),
    ("/console/assessment/", "phase", lambda s: 3),
    ("/console/assessment/", "part", lambda s: "hours"),
    ("/console/assessment/plans/", "plan_id", lambda s: s.assessed["plan"]),
    ("/console/assessment/cards/", "code", lambda s: s.assessed["card"]),
    ("/console/assessment/objections/", "code", lambda s: s.assessed["objection"]),
    ("/console/assessment/exits/", "code", lambda s: s.assessed["exit"]),
    ("/console/assessment/teams/", "code", lambda s: s.team.code),
    ("/m/assessment/", "code", lambda s: s.assessed["mine"]),
    ("/m/assessment/", "part", lambda s: "hours"),
    ("/m/assessment/peers/", "number", lambda s: s.assessed["task"]),
    ("/api/v1/me/assessments/", "code", lambda s: s.assessed["mine"]),
    ("/api/v1/me/assessments/", "part", lambda s: "hours"),
    ("/api/v1/me/assessment-objections/", "code", lambda s: s.assessed["own"]),
    ("/api/v1/me/assessment-tasks/", "number", lambda s: s.assessed["task"]),
    ("/api/v1/assessments/", "code", lambda s: s.assessed["cycle"]),
    ("/api/v1/assessments/", "number", lambda s: 3),
    ("/api/v1/assessment-cards/", "code", lambda s: s.assessed["card"]),
    ("/api/v1/assessment-cards/", "number", lambda s: 3),
)  # fmt: skip
JSON: dict[str, Callable[[Any], dict[str, Any]]] = {
    "PUT /api/v1/me/assessments/<code>/self": lambda s: {"score": 88},
    "POST /api/v1/me/assessments/<code>/objection": lambda s: {"text": "不对"},
    "PUT /api/v1/me/assessment-tasks/<int:number>": lambda s: {"score": 88},
    "PUT /api/v1/assessment-cards/<code>/marks/<int:number>": lambda s: {"score": 88},
    "PUT /api/v1/assessment-cards/<code>/grade": lambda s: {
        "version": 1, "grade": "pass", "score": 70, "reason": "尽力",
    },
}  # fmt: skip
FORMS: dict[str, Callable[[Any], dict[str, str]]] = {
    "POST /console/assessment/new": lambda s: {
        "region": COUNTY, "year": "2027", "review-opens": "2027-12-01", "review-closes": "2027-12-20",
    },
    "POST /console/assessment/<code>/phases/<int:phase>": lambda s: {
        "opens": "2026-06-01", "closes": "2026-07-10", "reason": "汛期",
    },
    "POST /console/assessment/<code>/marks/<int:phase>": lambda s: {f"score.{s.assessed['card']}": "80"},
    "POST /console/assessment/<code>/clear": lambda s: {"grade": "pass", "all": "1"},
    "POST /console/assessment/cards/<code>": lambda s: {
        "grade": "pass", "score": "70", "reason": "尽力", "version": "1",
    },
    "POST /console/assessment/cards/<code>/aside": lambda s: {"why": "on_leave", "reason": "住院"},
    "POST /console/assessment/exits/<code>": lambda s: {"approve": "1"},
    "POST /m/assessment/<code>/self": lambda s: {"step": "85"},
    "POST /m/assessment/peers/<int:number>": lambda s: {"step": "85"},
}  # fmt: skip
QUERIES: dict[str, Callable[[Any], str]] = {
    "GET /console/assessment/cards/<code>/judges": lambda s: "?reason=check",
}
PHASES = ("self", "peer", "extra", "review")


def set_up(stage: Any, *, at: datetime) -> None:
    """All of it, in the village of the stage's team."""
    plan = AssessmentPlan.create(
        region_code=VILLAGE, year="2026", phases=[], state="published", made_by=None, created_at=at
    )
    cycle = AssessmentCycle.create(
        code="cycle001", region_code=VILLAGE, year="2026", state="running", seed="1", created_at=at
    )
    for number, kind in enumerate(PHASES, 1):
        AssessmentPhase.create(
            cycle=cycle, number=number, kind=kind, name="群众评议" if kind == "extra" else "", opens_on="2026-06-01",
            closes_on="2026-06-30", opens_at=at - timedelta(days=9), closes_at=at + timedelta(days=20), state="open",
            weight=10 if kind == "extra" else 0, opened_at=at - timedelta(days=9),
        )  # fmt: skip
    common = {
        "cycle": cycle, "year": "2026", "team": stage.team, "region_code": VILLAGE, "joined_at": at, "created_at": at,
    }  # fmt: skip
    card = AssessmentCard.create(code="card0001", volunteer=stage.person, total=50, objective_score=50, **common)
    mine = AssessmentCard.create(code="card0002", volunteer=stage.people["member"], **common)
    task = AssessmentPeer.create(cycle=cycle, card=card, reviewer=stage.people["member"])
    result = {"state": "objected", "grade": "fail", "told_at": at, "object_until": at + timedelta(days=7), "total": 40}
    others = [world.make_volunteer(at, name) for name in ("冯有话", "褚要走")]
    told = AssessmentCard.create(code="card0003", volunteer=others[0], **common | result)
    gone = AssessmentCard.create(code="card0004", volunteer=others[1], **common | result | {"state": "final"})
    own = AssessmentObjection.create(
        code="assobj02", card=mine, volunteer=stage.people["member"], region_code=VILLAGE, text="不对", state="open",
        due_at=at, grade_before="fail", created_at=at,
    )  # fmt: skip
    objection = AssessmentObjection.create(
        code="assobj01", card=told, volunteer=others[0], region_code=VILLAGE, text="不对", state="open", due_at=at,
        grade_before="fail", created_at=at,
    )  # fmt: skip
    leaving = AssessmentExit.create(
        code="assexit1", card=gone, volunteer=others[1], team=stage.team, region_code=VILLAGE, state="proposed",
        created_at=at,
    )  # fmt: skip
    stage.assessed = {
        "plan": plan.id, "cycle": cycle.code, "card": card.code, "mine": mine.code, "task": task.id,
        "objection": objection.code, "own": own.code, "exit": leaving.code,
    }  # fmt: skip
