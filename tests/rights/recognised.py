"""Recognition on the stage of the rights: a star in review, one in the public notice, an awarded one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from models import RuleSet, StarAward
from tests.support.world import COUNTY, VILLAGE

VALUES: tuple[tuple[str, str, Callable[[Any], Any]], ...] = (
    ("/console/stars/", "code", lambda s: "star000001"),
    ("/console/stars/<code>/", "step", lambda s: "agree"),
    ("/stars/", "code", lambda s: "star000002"),
)
FORMS: dict[str, Callable[[Any], dict[str, str]]] = {"POST /stars/<code>": lambda s: {"text": "没见过他"}}
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
