"""What the console shows of approval: the requests that wait, and how one activity stands with its centre."""

from __future__ import annotations

from datetime import datetime

from frozen import dataclass
from models import Activity, Approval, Team, Volunteer
from services import decisions, permissions, regions, scopes
from services.actors import Actor
from services.listing import Found, Wanted, cut
from services.planning import approvals


@dataclass(frozen=True, slots=True)
class ApprovalLine:
    """A request in the list; `mine`: it waits for the reader's word; `raised`: how often it went up unanswered."""

    code: str
    title: str
    team: str
    place: str
    starts_at: datetime
    state: str
    asked_at: datetime
    due_at: datetime
    raised: int
    mine: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """How an activity stands with its centre. `state` "" where nobody was ever asked; `needed`: publishing will ask."""

    state: str = ""
    centre: str = ""
    asked_by: str = ""
    asked_at: datetime | None = None
    due_at: datetime | None = None
    raised: int = 0
    answer: str = ""
    decided_by: str = ""
    decided_at: datetime | None = None
    needed: bool = False
    may_decide: bool = False
    may_withdraw: bool = False
    may_stop: bool = False


def listed(*, actor: Actor, wanted: Wanted, at: datetime) -> Found[ApprovalLine]:
    """Requests to the divisions the actor may look at; filters: state (else: waiting), region."""
    readable = scopes.readable(actor=actor, at=at)
    query = (
        Approval.select(Approval, Activity, Team)
        .join(Activity)
        .join(Team)
        .where(scopes.within(Approval.region_code, readable) | scopes.within(Activity.region_code, readable))
    )
    state = wanted.chosen("state") or "waiting"
    if state != "all":
        query = query.where(Approval.state == state)
    if wanted.chosen("region"):
        query = query.where(scopes.within(Activity.region_code, [wanted.chosen("region")]))
    if wanted.text:
        query = query.where(Activity.title.contains(wanted.text) | Team.name.contains(wanted.text))
    sorts = {"asked": Approval.asked_at, "due": Approval.due_at, "starts": Activity.starts_at}
    page = cut(query, wanted=wanted, sorts=sorts, default="due", tie=Approval.id, row=lambda row: row)
    places = regions.path_names([row.activity.region_code for row in page.rows])
    lines = [
        ApprovalLine(
            row.activity.code, row.activity.title, row.activity.team.name, places[row.activity.region_code],
            row.activity.starts_at, row.state, row.asked_at, row.due_at, row.raised,
            row.state == "waiting" and _may_decide(actor, row, at),
        )
        for row in page.rows
    ]  # fmt: skip
    return Found(lines, page.total, page.page, page.size)


def waiting(*, actor: Actor, at: datetime) -> int:
    """How many requests stand before the divisions the actor manages."""
    managed = scopes.managed(actor=actor, at=at)
    return int(
        Approval.select().where(Approval.state == "waiting", scopes.within(Approval.region_code, managed)).count()
    )


def _may_decide(actor: Actor, asked: Approval, at: datetime) -> bool:
    return decisions.may_decide(
        actor=actor, region_code=str(asked.region_code), parties=approvals.parties(asked), at=at
    )


def standing(*, actor: Actor, code: str, at: datetime) -> Standing:
    """How the activity stands, and what the actor may do about it. Refusals: NOT_FOUND, NOT_ALLOWED."""
    activity = Activity.get_or_none(Activity.code == code)
    if activity is None:
        return Standing()
    permissions.require_see(actor=actor, team_id=activity.team_id, at=at)
    owning = approvals.owning_region(activity.team)
    leads = permissions.leads(actor=actor, team_id=activity.team_id, at=at)
    needed = activity.state == "draft" and approvals.needed(activity=activity, at=at)
    may_stop = (
        activity.state == "published"
        and at < activity.ends_at
        and permissions.manages(actor=actor, region_code=owning, at=at)
    )
    asked = Approval.select().where(Approval.activity == activity.id).order_by(Approval.id.desc()).first()
    if asked is None:
        return Standing(centre=regions.path_name(owning), needed=needed, may_stop=may_stop)
    people = Volunteer.select(Volunteer.id, Volunteer.name).where(
        Volunteer.id.in_([asked.asked_by_id or 0, asked.decided_by_id or 0])
    )
    names = {each.id: each.name for each in people}
    open_one = asked.state == "waiting"
    return Standing(
        state=asked.state, centre=regions.path_name(str(asked.region_code)), asked_by=names.get(asked.asked_by_id, ""),
        asked_at=asked.asked_at, due_at=asked.due_at, raised=asked.raised, answer=asked.answer,
        decided_by=names.get(asked.decided_by_id, ""), decided_at=asked.decided_at, needed=needed,
        may_decide=open_one and _may_decide(actor, asked, at), may_withdraw=open_one and leads, may_stop=may_stop,
    )  # fmt: skip
