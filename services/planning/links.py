"""What an activity belongs to: the need it answers, its project, the item of a plan, campaigns (S6, S12, S52, S74)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from clock import local_day
from frozen import dataclass
from models import Activity, ActivityCampaign, Campaign, Need, Plan, PlanItem, Project, Team
from services import permissions
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.participation.activity_drafts import Links
from services.participation.positions import invalid
from services.regions import is_within, lineage

#: Choices in one list of the form.
MOST = 100


def found(*, team: Team, links: Links, at: datetime) -> tuple[dict[str, Any], list[int]]:
    """The columns and campaign ids that stand for these codes; ACTIVITY_INVALID with the first that does not fit.

    A need must be claimed by the team; a project is the team's own or one of a division above it and runs; an item is
    of the team's plan; a campaign is set at the team's division or above and runs.
    """
    columns: dict[str, Any] = {"need_id": None, "project_id": None, "plan_item_id": None}
    if links.need:
        need = Need.get_or_none(Need.code == links.need, Need.team == team.id, Need.state == "claimed")
        columns["need_id"] = _id(need, "need")
    if links.project:
        project = Project.get_or_none(Project.code == links.project, Project.state == "running")
        own = project is not None and (
            project.team_id == team.id or is_within(str(team.region_code), str(project.region_code))
        )
        columns["project_id"] = _id(project if own else None, "project")
    if links.plan_item:
        item = PlanItem.get_or_none(PlanItem.id == links.plan_item, PlanItem.dropped_at.is_null())
        mine = item is not None and Plan.get_by_id(item.plan_id).team_id == team.id
        columns["plan_item_id"] = _id(item if mine else None, "plan_item")
    running = {each.code: each.id for each in running_campaigns(region_code=str(team.region_code), at=at)}
    if not set(links.campaigns) <= set(running):
        raise invalid("campaigns")
    return columns, [running[code] for code in dict.fromkeys(links.campaigns)]


def _id(row: Any, field: str) -> int:
    if row is None:
        raise invalid(field)
    return int(row.id)


def running_campaigns(*, region_code: str, at: datetime) -> list[Campaign]:
    """The campaigns that a team of this division may join today: set here or above, newest first (S49)."""
    day = local_day(at).isoformat()
    query = Campaign.select().where(
        Campaign.region_code.in_(lineage(region_code)), Campaign.from_on <= day, Campaign.ended_at.is_null(),
        Campaign.to_on.is_null() | (Campaign.to_on >= day),
    )  # fmt: skip
    return list(query.order_by(Campaign.id.desc()))


@dataclass(frozen=True, slots=True)
class Choices:
    """What an activity of a team may be tied to, as (value, words)."""

    needs: list[tuple[str, str]]
    projects: list[tuple[str, str]]
    items: list[tuple[str, str]]
    campaigns: list[tuple[str, str]]


def offered(*, actor: Actor, team_code: str, at: datetime) -> Choices:
    """`choices` for somebody who leads the team. Refusals: NOT_FOUND, NOT_ALLOWED."""
    team = Team.get_or_none(Team.code == team_code)
    if team is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    permissions.require_lead(actor=actor, team_id=team.id, at=at)
    return choices(team_code=team_code, at=at)


def choices(*, team_code: str, at: datetime) -> Choices:
    """The needs the team has claimed, its projects and those above, items of its plans, running campaigns."""
    team = Team.get_or_none(Team.code == team_code)
    if team is None:
        return Choices([], [], [], [])
    needs = Need.select().where(Need.team == team.id, Need.state == "claimed").order_by(Need.id)
    projects = (
        Project.select()
        .where(
            Project.state == "running",
            (Project.team == team.id) | Project.region_code.in_(lineage(str(team.region_code))),
        )
        .order_by(Project.id)
    )
    year = str(local_day(at).year)
    items = (
        PlanItem.select(PlanItem.id, PlanItem.title, PlanItem.month)
        .join(Plan)
        .where(Plan.team == team.id, Plan.period.startswith(year), PlanItem.dropped_at.is_null())
        .order_by(PlanItem.month, PlanItem.id)
    )
    running = running_campaigns(region_code=str(team.region_code), at=at)
    return Choices(
        [(each.code, each.title) for each in needs.limit(MOST)],
        [(each.code, each.title) for each in projects.limit(MOST)],
        [(str(each.id), f"{each.title} {each.month}".strip()) for each in items.limit(MOST)],
        [(each.code, each.name) for each in running[:MOST]],
    )


def put(*, activity: Activity, columns: dict[str, Any], campaigns: list[int]) -> None:
    """Write them, inside the caller's write."""
    Activity.update(columns).where(Activity.id == activity.id).execute()
    ActivityCampaign.delete().where(ActivityCampaign.activity == activity.id).execute()
    for number in campaigns:
        ActivityCampaign.create(activity=activity.id, campaign=number)


def of(activity: Activity) -> Links:
    """What it belongs to now, by public codes."""
    need = Need.get_or_none(Need.id == activity.need_id) if activity.need_id else None
    project = Project.get_or_none(Project.id == activity.project_id) if activity.project_id else None
    tags = (
        Campaign.select(Campaign.code)
        .join(ActivityCampaign)
        .where(ActivityCampaign.activity == activity.id)
        .order_by(Campaign.id)
    )
    return Links(
        need=need.code if need else "", project=project.code if project else "",
        plan_item=activity.plan_item_id or 0, campaigns=tuple(each.code for each in tags),
    )  # fmt: skip
