"""What is planned on the stage: a need, a project, a plan, a tag, a partner, a series; all of `stage.team`."""

from __future__ import annotations

from typing import Any

from models import Campaign, Need, Partner, Plan, PlanItem, Project, RuleException, Series, TeamGuidance
from services.codes import token_hash
from services.planning import copies
from tests.support.world import COUNTY, VILLAGE


def make(stage: Any) -> None:
    """Make them, inside the write that makes the stage."""
    held = {"region_code": VILLAGE, "created_at": stage.at}
    stage.project = Project.create(
        code="proj0001", team=stage.cast.team, title="护河", domain="D3", sub_domain="ecology", level=5,
        from_on="2026-01-01", to_on="2026-12-31", funding="budget", **held,
    )  # fmt: skip
    stage.plan = Plan.create(team=stage.cast.team, period="2026-05", updated_at=stage.at, **held)
    stage.plan_item = PlanItem.create(plan=stage.plan, title="巡查", domain="D3", sub_domain="patrol")
    stage.campaign = Campaign.create(code="camp0001", name="清洁月", from_on="2026-06-01", **held)
    stage.helper = Partner.create(
        code="part0001", team=stage.cast.team, name="超市", kind="goods", from_on="2026-06-01", **held
    )
    stage.need = Need.create(
        code="need0001", kind="public", region_code=VILLAGE, station_region=COUNTY, title="理发", domain="D3",
        sub_domain="care", content="腿脚不便", state="received", volunteer=stage.people["member"],
        answer_due_at=stage.at, created_at=stage.at, updated_at=stage.at, token_hash=token_hash("need-token-0001"),
    )  # fmt: skip
    stage.series = Series.create(
        code="serie001", team=stage.cast.team, pattern={"weekdays": [2], "skip_holidays": True}, from_on="2026-06-11",
        until_on="2026-07-30", created_by=stage.cast.ali, created_at=stage.at,
        sheet=copies.kept(copies.draft_of(stage.activity)),
    )  # fmt: skip
    stage.guidance = TeamGuidance.create(team=stage.cast.team, kind="guide", text="多走访", at=stage.at)
    stage.deviation = RuleException.create(
        rule="S29", subject=f"team:{stage.cast.team.id}", region_code=VILLAGE, reason="", at=stage.at
    )
