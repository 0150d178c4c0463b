"""What stands above single activities in the demo: a tag, a project and its account, a plan, needs, stories."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Any

from clock import local_day
from demo import names
from demo.places import COUNTY
from models import (
    Activity,
    ActivityCampaign,
    Campaign,
    MoneyLine,
    Need,
    Partner,
    Plan,
    PlanItem,
    Project,
    Story,
    Team,
)
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
    _account(rng, project, at)
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


def _account(rng: Random, project: Project, at: datetime) -> None:
    """What the project was given and what it spent; one line was wrong and is reversed."""
    owned = {
        "project": project, "team": project.team_id, "region_code": project.region_code, "actor": project.created_by_id,
    }  # fmt: skip

    def line(direction: str, source: str, fen: int, days: int, purpose: str = "", **more: Any) -> MoneyLine:
        then = at - timedelta(days=days)
        return MoneyLine.create(
            code=names.code(rng), direction=direction, source=source, fen=fen, purpose=purpose, at=then,
            local_day=local_day(then).isoformat(), **owned, **more,
        )  # fmt: skip

    line("in", "practice", 500_000, 38)
    line("in", "donation", 120_000, 30, note="惠民超市")
    line("out", "practice", 186_050, 28, "materials", note="夹子、手套、救生衣")
    wrong = line("out", "donation", 360_000, 21, "meals", note="多写了一个零")
    line("out", "donation", -360_000, 20, "meals", note="多写了一个零", reverses=wrong.id)
    line("out", "donation", 36_000, 20, "meals", note="饮用水")


def tell(rng: Random, *, teams: dict[str, Team], officer: int, at: datetime) -> None:
    """A published story of 东湖, which names nobody, and one that waits for the centre. Inside the world's write."""
    team = teams["donghu"]
    for title, body, state, days in (
        (
            "湖边的红马甲",
            "东湖边每个月都有一群穿红马甲的人。\n他们捡走的垃圾，一年能装满两辆卡车。\n有人问图什么，领头的老兵说：水清了，心里也清。",
            "published", 12,
        ),
        ("夜里的手电", "汛期里，湖堤上的手电亮了二十七个晚上。\n巡堤的人轮着班，没有一晚落下。", "review", 1),
    ):  # fmt: skip
        then = at - timedelta(days=days)
        Story.create(
            code=names.code(rng), region_code=team.region_code, team=team, domain="D3", sub_domain="ecology",
            title=title, body=body, state=state, author=team.leader_id, created_at=then,
            decided_by=officer if state == "published" else None, decided_at=then if state == "published" else None,
            published_at=then if state == "published" else None,
        )  # fmt: skip
