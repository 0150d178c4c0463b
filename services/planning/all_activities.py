"""Every activity of one's divisions: the centre sees them all, whoever allowed them (S80)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from peewee import fn

from frozen import dataclass
from models import Activity, ActivityCampaign, Campaign, Project, ServiceRecord, Signup, Team
from services import permissions, regions, scopes
from services.actors import Actor
from services.bookkeeping.sources import made_up
from services.listing import Found, Wanted, cut
from services.participation import views
from services.participation.console_views import within


@dataclass(frozen=True, slots=True)
class ActivityLine:
    """An activity in the list, with how many signed up, how many served, their whole minutes (of these, `supplement`
    were made up), and how often it was opened."""

    code: str
    title: str
    team: str
    place: str
    domain: str
    sub_domain: str
    state: str
    approval: str
    starts_at: datetime
    emergency: bool
    model: bool
    signed_up: int
    served: int
    minutes: int
    supplement: int
    views: int


def listed(*, actor: Actor, wanted: Wanted, at: datetime) -> Found[ActivityLine]:
    """The activities of the teams the actor leads and of the divisions he may look at.

    Filters: state, domain, sub (a kind of service, as D3.care), region, venue, team, campaign and project (public
    codes), from and to (days), mark (model, emergency, dangerous, waiting, held: with confirmed hours).
    """
    grants = permissions.roles_of(volunteer_id=actor.volunteer_id, at=at)
    seen = within(grants, Activity.team, Activity.region_code) | scopes.within(
        Activity.region_code, scopes.readable(actor=actor, at=at)
    )
    query = Activity.select(Activity, Team).join(Team).where(seen)
    for condition in _conditions(wanted):
        query = query.where(condition)
    sorts = {"starts": Activity.starts_at, "title": Activity.title, "team": Team.name}
    page = cut(query, wanted=wanted, sorts=sorts, default="-starts", tie=Activity.id, row=lambda row: row)
    places = regions.path_names([row.region_code for row in page.rows])
    ids = [row.id for row in page.rows]
    signed, served, opened = _signed(ids), _served(ids), views.of(activity_ids=ids)
    lines = [
        ActivityLine(
            row.code, row.title, row.team.name, places[row.region_code], row.domain, row.sub_domain, row.state,
            row.approval, row.starts_at, row.emergency, row.model_mark, signed.get(row.id, 0),
            *served.get(row.id, (0, 0, 0)), opened.get(row.id, 0),
        )
        for row in page.rows
    ]  # fmt: skip
    return Found(lines, page.total, page.page, page.size)


def _conditions(wanted: Wanted) -> list[Any]:
    chosen = wanted.chosen
    plain: Mapping[str, Any] = {
        "state": lambda value: Activity.state == value,
        "domain": lambda value: Activity.domain == value,
        "sub": lambda value: (Activity.domain == value.partition(".")[0])
        & (Activity.sub_domain == value.partition(".")[2]),
        "venue": lambda value: Activity.venue_kind == value,
        "team": lambda value: Team.code == value,
        "region": lambda value: scopes.within(Activity.region_code, [value]),
        "from": lambda value: Activity.local_day >= value,
        "to": lambda value: Activity.local_day <= value,
        "campaign": lambda value: Activity.id.in_(
            ActivityCampaign.select(ActivityCampaign.activity).join(Campaign).where(Campaign.code == value)
        ),
        "project": lambda value: Activity.project_id.in_(
            Project.select(Project.id).where(Project.code == value)
        ),
    }
    found = [make(chosen(name)) for name, make in plain.items() if chosen(name)]
    marks = {
        "model": Activity.model_mark, "emergency": Activity.emergency, "dangerous": Activity.dangerous,
        "waiting": Activity.approval == "waiting", "held": (Activity.purpose == "service") & fn.EXISTS(
            ServiceRecord.select(ServiceRecord.id).where(
                ServiceRecord.activity == Activity.id, ServiceRecord.state == "confirmed"
            )
        ),
    }  # fmt: skip
    if chosen("mark") in marks:
        found.append(marks[chosen("mark")])
    if wanted.text:
        found.append(Activity.title.contains(wanted.text) | Team.name.contains(wanted.text))
    return found


def _signed(ids: list[int]) -> dict[int, int]:
    query = (
        Signup.select(Signup.activity, fn.COUNT(fn.DISTINCT(Signup.volunteer)))
        .where(Signup.activity.in_(ids), Signup.state == "confirmed")
        .group_by(Signup.activity)
    )
    return {row[0]: int(row[1]) for row in rows(query)}


def _served(ids: list[int]) -> dict[int, tuple[int, int, int]]:
    query = (
        ServiceRecord.select(
            ServiceRecord.activity, fn.COUNT(fn.DISTINCT(ServiceRecord.volunteer)), fn.SUM(ServiceRecord.minutes),
            made_up(),
        )  # fmt: skip
        .where(ServiceRecord.activity.in_(ids), ServiceRecord.state == "confirmed")
        .group_by(ServiceRecord.activity)
    )
    return {row[0]: (int(row[1]), int(row[2]), int(row[3])) for row in rows(query)}


def rows(query: Any) -> list[tuple[Any, ...]]:
    """The rows of a query as plain tuples."""
    return list(query.tuples())
