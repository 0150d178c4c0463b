"""What stands above single activities in the demo: a tag, a project and a plan of 东湖, needs, a partner."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from clock import local_day
from demo import names
from demo.places import COUNTY
from models import Activity, ActivityCampaign, Campaign, Need, Partner, Plan, PlanItem, Project, Team
from services.times import working_days_after
from wording import say


def lay_out(rng: Random, *, teams: dict[str, Team], officer: int, at: datetime) -> None:
    """Make one of each; nobody is told anew. Inside the world's write."""
    team = teams["donghu"]
    year, day = local_day(at).year, local_day(at)
    begun = at - timedelta(days=40)
    owned = {"team": team, "region_code": team.region_code, "created_by": team.leader_id, "created_at": begun}
    Activity.update(how_to_join=say("planning.how_to_join")).where(Activity.how_to_join == "").execute()
    project = Project.create(
        code=names.code(rng), title="守护东湖", domain="D3", sub_domain="ecology", level=5, from_on=f"{year}-01-01",
        to_on=f"{year}-12-31", funding="practice", summary="每月清理湖岸，劝导垂钓，宣传护水。", **owned,
    )  # fmt: skip
    kept = Activity.select().where(Activity.team == team, Activity.sub_domain == "ecology")
    ids = [row.id for row in kept]
    Activity.update(project_id=project.id).where(Activity.id.in_(ids)).execute()
    for venue, kinds in (("village", ("clinic", "environment")), ("community", ("care", "patrol", "civility"))):
        Activity.update(venue_kind=venue).where(Activity.sub_domain.in_(kinds)).execute()
    plan = Plan.create(
        period=str(year), goal="每月至少一次活动，把护水做成习惯。", activities=16, participants=60, minutes=60_000,
        served=800, updated_at=begun, **owned,
    )  # fmt: skip
    for title, sub in (("清理湖岸", "ecology"), ("看望老战友", "care"), ("巡防湖堤", "patrol")):
        PlanItem.create(plan=plan, title=title, domain="D3", sub_domain=sub, place="东湖")
    tag = Campaign.create(
        code=names.code(rng), region_code=COUNTY, name="清洁家园实践活动", content="各队每月至少一次。",
        from_on=(day - timedelta(days=90)).isoformat(), set_by=officer, created_at=begun,
    )  # fmt: skip
    ActivityCampaign.insert_many([{"activity": number, "campaign": tag.id} for number in ids]).execute()
    Partner.create(
        code=names.code(rng), name="东湖惠民超市", kind="goods", offers="每次活动送饮用水",
        from_on=f"{year}-01-01", **owned,
    )  # fmt: skip
    for title, content, state in (
        ("帮忙修一修漏水的屋顶", "独居，雨天漏水，想请人看看。", "received"),
        ("接送老人去医院复查", "下周三上午，来回一趟。", "open"),
    ):
        Need.create(
            code=names.code(rng), kind="veteran", region_code=team.region_code, station_region=team.region_code,
            title=title, domain="D3", sub_domain="care", content=content, state=state, taken_by=officer,
            answer_due_at=working_days_after(at, 2), answered_at=at if state == "open" else None,
            created_at=at - timedelta(hours=20), updated_at=at - timedelta(hours=20),
        )  # fmt: skip
