"""A call on the stage of the rights: the county's drill, in which `stage.team` comes and its people are asked; and what
its routes are called with."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from models import Dispatch, PersonCall, Point, TeamCall
from tests.support.world import COUNTY, VILLAGE

VALUES = (
    ("/console/dispatch/", "code", lambda s: s.call_out.code), ("/console/dispatch/", "team", lambda s: s.team.code),
    ("/console/dispatch/", "step", lambda s: "people"), ("/m/dispatch/", "code", lambda s: s.call_out.code),
    ("/api/v1/dispatch/", "code", lambda s: s.call_out.code),
    ("/api/v1/dispatch/", "public_no", lambda s: s.person.public_no),
)  # fmt: skip
JSON: dict[str, Any] = {
    "POST /api/v1/dispatch/<code>/answer": lambda s: {"people": 4},
    "POST /api/v1/dispatch/<code>/accept": lambda s: {"risk_accepted": True},
    "POST /api/v1/dispatch/<code>/decline": lambda s: {},
    "POST /api/v1/dispatch/<code>/people/<public_no>": lambda s: {"accepts": True, "risk_read": True},
}
FORMS: dict[str, Any] = {
    "POST /console/dispatch/new": lambda s: {
        "region": COUNTY, "title": "巡堤", "kind": "D3.patrol", "content": "巡堤", "place": "大堤", "people": "5",
        "starts": "2026-06-10T10:00", "ends": "2026-06-10T12:00", "risks": "湿滑", "safeguards": "手套",
    },
    "POST /console/dispatch/<code>/<step>": lambda s: {"people": "9"},
    "POST /console/dispatch/points/end": lambda s: {"code": "point001"},
    "POST /console/dispatch/<code>/teams/<team>/answer": lambda s: {
        "coming": "1", "people": "4", "said_by": s.people["deputy"].public_no,
    },
    "POST /console/dispatch/<code>/teams/<team>/people": lambda s: {
        "person": s.person.public_no, "goes": "1", "risk": "1",
    },
    "POST /console/dispatch/points/new": lambda s: {
        "place": f"place:{VILLAGE}", "name": "大堤", "lat": "32.3", "lon": "116.2",
    },
    "POST /m/dispatch/<code>/answer": lambda s: {"coming": "1", "people": "4"},
    "POST /m/dispatch/<code>/people": lambda s: {"person": s.person.public_no, "goes": "1", "risk": "1"},
}  # fmt: skip


def make(stage: Any) -> None:
    """Make it, inside the write that makes the stage."""
    at = stage.at
    Point.create(code="point001", region_code=VILLAGE, name="大堤", lat=32_300_000, lon=116_200_000, created_at=at)
    stage.call_out = Dispatch.create(
        code="called01", region_code=COUNTY, reach=COUNTY, place_region=VILLAGE, drill=True, title="巡堤", domain="D3",
        sub_domain="patrol", content="巡堤", place="大堤", people=5, risks="湿滑", safeguards="手套", fields=["群众"],
        starts_at=at, ends_at=at + timedelta(hours=4), state="calling", wave=1, created_by=stage.people["director"],
        created_at=at,
    )  # fmt: skip
    call = TeamCall.create(
        dispatch=stage.call_out, team=stage.cast.team, wave=1, state="coming", people=3, asked_at=at, answered_at=at
    )
    for person in (stage.person, stage.people["member"]):
        PersonCall.create(dispatch=stage.call_out, team_call=call, volunteer=person, state="asked", asked_at=at)
