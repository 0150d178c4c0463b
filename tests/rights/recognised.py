"""Recognition on the stage of the rights: a star in review, one in the public notice; an honour given, one in the
public notice, a kind of the county's own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from models import Benefit, BenefitUse, Honour, HonourKind, Nomination, RuleSet, StarAward
from tests.support.world import COUNTY, VILLAGE

VALUES: tuple[tuple[str, str, Callable[[Any], Any]], ...] = (
    ("/console/stars/", "code", lambda s: "star000001"),
    ("/console/stars/<code>/", "step", lambda s: "agree"),
    ("/stars/", "code", lambda s: "star000002"),
    ("/api/v1/public/notices/stars/", "code", lambda s: "star000002"),
    ("/api/v1/public/notices/honours/", "code", lambda s: "nomin002"),
    ("/m/lead/stars/", "code", lambda s: "star000003"),
    ("/console/benefits/<code>/uses/", "number", lambda s: s.use),
    ("/console/benefits/", "code", lambda s: "benef001"),
    ("/console/benefits/<code>/", "step", lambda s: "paused"),
    ("/m/benefits/", "code", lambda s: "benef001"),
    ("/api/v1/me/benefits/", "code", lambda s: "benef001"),
    ("/b/", "token", lambda s: "b1.none"),
    ("/commendations/", "code", lambda s: "nomin002"),
    ("/m/honours/", "code", lambda s: "nomin002"),
    ("/api/v1/me/honours/", "code", lambda s: "nomin002"),
    ("/console/honours/given/", "code", lambda s: "honour01"),
    ("/console/honours/kinds/", "code", lambda s: "kind0001"),
    ("/console/people/", "what", lambda s: "hours"),
    ("/m/year/", "year", lambda s: "2026"),
    ("/api/v1/me/years/", "year", lambda s: "2026"),
)
FORMS: dict[str, Callable[[Any], dict[str, str]]] = {
    "POST /stars/<code>": lambda s: {"text": "没见过他"},
    "POST /console/benefits/new": lambda s: {
        "region": VILLAGE, "kind": "bus", "name": "坐公交", "provider": "公交公司", "per": "day",
    },
    "POST /console/benefits/<code>/edit": lambda s: {
        "kind": "bus", "name": "坐公交", "provider": "公交公司", "per": "day",
    },
    "POST /console/benefits/<code>/<any('open', 'paused', 'closed'):step>": lambda s: {"text": "检修"},
    "POST /console/benefits/<code>/uses/<int:number>": lambda s: {"text": "司机点错了"},
    "POST /m/lead/stars/<code>": lambda s: {"merits": "守堤"},
    "POST /m/stars": lambda s: {"merits": "守堤"},
    "POST /commendations/<code>": lambda s: {"text": "没见过他"},
    "POST /console/honours/given/<code>/revoke": lambda s: {"reason": "材料不实"},
    "POST /console/honours/kinds/new": lambda s: {
        "region": VILLAGE, "name": "好人", "for_whom": "person", "level": "5", "every_years": "1",
    },
    "POST /m/honours/new": lambda s: {"kind": "kind0001", "merits": "守堤"},
    "POST /m/honours/led/new": lambda s: {"team": s.team.code, "kind": "kind0001", "merits": "守堤"},
    "POST /console/honours/compare": lambda s: {
        "numbers": f"{s.person.public_no} {s.people['member'].public_no}", "reason": "评选",
    },
}  # fmt: skip
JSON: dict[str, Callable[[Any], dict[str, Any]]] = {
    "POST /api/v1/public/notices/stars/<code>": lambda s: {"text": "没见过他"},
    "POST /api/v1/public/notices/honours/<code>": lambda s: {"text": "没见过他"},
    "POST /api/v1/me/honours": lambda s: {"kind": "kind0001", "merits": "守堤"},
    "POST /api/v1/me/nominations": lambda s: {"team": s.team.code, "kind": "kind0001", "merits": "守堤"},
    "POST /api/v1/teams/<code>/recommendations": lambda s: {"person": s.people["member"].public_no},
}
QUERIES: dict[str, Callable[[Any], str]] = {"GET /m/honours/led/new": lambda s: f"?team={s.team.code}"}
STEPS = (("star000001", 1, "review"), ("star000002", 2, "announced"), ("star000003", 3, "review"))


def make(stage: Any, *, at: datetime) -> None:
    """All of it, inside the write that makes the stage."""
    rule = RuleSet.get(RuleSet.kind == "stars")
    for code, star, state in STEPS:
        StarAward.create(
            code=code, volunteer=stage.people["member"], star=star, region_code=VILLAGE, at_region=COUNTY, state=state,
            origin="rule", minutes=6000, step_hours=100 * star, with_brought=True, rule_set=rule,
            notice_from="2026-06-01", notice_until="2026-06-30", notice_days=5, created_at=at,
        )  # fmt: skip
    benefit = Benefit.create(
        code="benef001", region_code=VILLAGE, provider="公交公司", kind="bus", name="坐公交", from_on="2026-01-01",
        created_at=at, updated_at=at,
    )  # fmt: skip
    member = stage.people["member"]
    stage.use = BenefitUse.create(benefit=benefit, volunteer=member, period="", token_hash="x", at=at).id
    HonourKind.create(
        code="kind0001", region_code=VILLAGE, name="东湖好人", for_whom="both", level=5, self_proposed=True,
        created_at=at,
    )  # fmt: skip
    Honour.create(
        code="honour01", volunteer=member, kind="nomination", name="东湖好人", year="2026", region_code=VILLAGE,
        source="nomination:1", awarded_by="站", awarded_on="2026-06-01", at=at,
    )  # fmt: skip
    Nomination.create(
        code="nomin002", volunteer=member, team=stage.team, region_code=VILLAGE, award_region=COUNTY,
        at_region=COUNTY, title="霍邱好人", year="2026", merits="守堤", figures={"hours": 1}, state="announced",
        notice_from="2026-06-01", notice_until="2026-06-30", notice_days=5, created_at=at,
    )  # fmt: skip
