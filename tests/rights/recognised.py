"""Recognition on the stage of the rights: a star in review, one in the public notice, an awarded one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from models import Benefit, RuleSet, StarAward
from tests.support.world import COUNTY, VILLAGE

VALUES: tuple[tuple[str, str, Callable[[Any], Any]], ...] = (
    ("/console/stars/", "code", lambda s: "star000001"),
    ("/console/stars/<code>/", "step", lambda s: "agree"),
    ("/stars/", "code", lambda s: "star000002"),
    ("/console/benefits/", "code", lambda s: "benef001"),
    ("/console/benefits/<code>/", "step", lambda s: "paused"),
    ("/m/benefits/", "code", lambda s: "benef001"),
    ("/api/v1/me/benefits/", "code", lambda s: "benef001"),
    ("/b/", "token", lambda s: "b1.none"),
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
    "POST /m/stars": lambda s: {"merits": "守堤"},
}  # fmt: skip
STEPS = (("star000001", 1, "review"), ("star000002", 2, "announced"))


def make(stage: Any, *, at: datetime) -> None:
    """All of it, inside the write that makes the stage."""
    rule = RuleSet.get(RuleSet.kind == "stars")
    for code, star, state in STEPS:
        StarAward.create(
            code=code, volunteer=stage.people["member"], star=star, region_code=VILLAGE, at_region=COUNTY, state=state,
            origin="rule", minutes=6000, step_hours=100 * star, with_brought=True, rule_set=rule,
            notice_from="2026-06-01", notice_until="2026-06-30", notice_days=5, created_at=at,
        )  # fmt: skip
    Benefit.create(
        code="benef001", region_code=VILLAGE, provider="公交公司", kind="bus", name="坐公交", from_on="2026-01-01",
        created_at=at, updated_at=at,
    )  # fmt: skip
