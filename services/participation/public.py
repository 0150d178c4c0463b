"""What everybody may see without logging in: the list of open activities, one of them, its poster and share card.

Only what is published and open to everybody; what is confidential or in a private home is in none of these (S61).
"""

from __future__ import annotations

from datetime import datetime
from itertools import islice

from clock import SHANGHAI
from frozen import dataclass
from models import Activity, Team
from services import regions
from services.errors import Refusal, RefusalCode
from services.messaging.notices import when
from services.participation import activity_views, drawing, privacy
from services.participation.activity_views import ActivityBrief
from services.participation.domains import domain_name, sub_domain
from services.parts import Parts
from wording import say


@dataclass(frozen=True, slots=True)
class PublicActivity:
    """What a stranger reads: all that GB/T 40143 §6.1 asks for; whom to call is told to those who sign up."""

    code: str
    title: str
    team_name: str
    place: str
    kind: str
    content: str
    conditions: str
    how_to_join: str
    risk_notice: str
    safeguards: str
    starts_at: datetime
    ends_at: datetime
    signup_closes_at: datetime
    over: bool


def open_ones(
    *, region_code: str, at: datetime, limit: int = 20, after: str | None = None, domain: str = "", free: bool = False
) -> list[ActivityBrief]:
    """What is open to everybody, nearest to the division first. Filters and refusals as `activity_views.open_near`."""
    return activity_views.open_near(
        volunteer_id=None, region_code=region_code or regions.widest(), at=at, limit=limit, after=after, domain=domain,
        free=free,
    )  # fmt: skip


def next_ones(*, region_code: str, at: datetime, limit: int) -> list[ActivityBrief]:
    """What begins next: of the whole province by start alone, else as `open_ones`. Refusals as there."""
    if len(region_code) == len(regions.PROVINCE):
        return activity_views.open_soon(at=at, limit=limit)
    return open_ones(region_code=region_code, at=at, limit=limit)


@dataclass(frozen=True, slots=True)
class NextActivity:
    """A line of a team's public page."""

    code: str
    title: str
    place: str
    starts_at: datetime
    ends_at: datetime


def next_of_team(*, team_code: str, at: datetime, limit: int = 5) -> list[NextActivity]:
    """What a team holds next for everybody: nothing confidential, nothing in a home (S61)."""
    query = (
        Activity.select()
        .join(Team)
        .where(
            Team.code == team_code, Activity.state == "published", Activity.purpose == "service",
            Activity.openness == "everyone", Activity.ends_at > at, ~Activity.private_home,
        )
        .order_by(Activity.starts_at, Activity.id)
    )  # fmt: skip
    shown = (each for each in query.limit(limit * 4) if not privacy.is_hidden(each))
    return [NextActivity(a.code, a.title, a.place, a.starts_at, a.ends_at) for a in islice(shown, limit)]


def one(*, code: str, at: datetime) -> PublicActivity:
    """One activity. NOT_FOUND for what is not published or not open to everybody, ACTIVITY_HIDDEN for what strangers
    see the village of."""
    activity = _shown(code)
    kind = sub_domain(activity.domain, activity.sub_domain)
    same = (
        "code", "title", "place", "content", "conditions", "how_to_join", "risk_notice", "safeguards", "starts_at",
        "ends_at", "signup_closes_at",
    )  # fmt: skip
    return PublicActivity(
        **{name: getattr(activity, name) for name in same}, team_name=activity.team.name,
        kind=kind.name if kind else domain_name(activity.domain), over=activity.ends_at <= at,
    )  # fmt: skip


def _shown(code: str) -> Activity:
    activity = Activity.select(Activity, Team).join(Team).where(Activity.code == code).first()
    if activity is None or activity.state not in ("published", "ended"):
        raise Refusal(RefusalCode.NOT_FOUND)
    if privacy.is_hidden(activity):
        raise privacy.hidden(activity)
    if activity.openness == "team":
        raise Refusal(RefusalCode.NOT_FOUND)
    assert isinstance(activity, Activity)
    return activity


def _facts(parts: Parts, code: str) -> drawing.Facts:
    activity = _shown(code)
    ends = activity.ends_at.astimezone(SHANGHAI)
    same_day = activity.starts_at.astimezone(SHANGHAI).date() == ends.date()
    until = f"{ends:%H:%M}" if same_day else when(activity.ends_at)
    return drawing.Facts(
        brand=parts.brand, title=activity.title, team=activity.team.name, place=activity.place,
        time=f"{when(activity.starts_at)}–{until}", url=f"{parts.public_url}/q/a1.{activity.code}",
        hint=say("planning.poster.hint"), labels=(say("planning.poster.time"), say("planning.poster.place")),
    )  # fmt: skip


def poster(*, parts: Parts, code: str) -> bytes:
    """The poster, a PNG of 1080 by 1440 pixels with title, time, place and the code. Refusals as `one`."""
    return drawing.poster(_facts(parts, code))


def card(*, parts: Parts, code: str) -> bytes:
    """The share card, a PNG of 1000 by 800 pixels (5:4, as the mini-program wants it). Refusals as `one`."""
    return drawing.card(_facts(parts, code))
