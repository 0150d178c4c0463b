"""What a leader's phone opens with: his teams, what is on and what comes, what can be held once more."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from peewee import fn

from clock import local_day
from frozen import dataclass
from models import Activity, Position, Signup, Team
from services import leading, permissions
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.participation import activity_views
from services.participation.activity_views import LedActivity
from wording import entry, say

#: A phone shows so many of each: what has begun, newest; what comes.
MOST = 40
#: Hours wait a week for their leader before the list drops them; a month ahead is planned on a phone.
BACK, AHEAD = timedelta(days=7), timedelta(days=31)
#: Patterns are of the last year, the newest of each title.
PATTERNS, PATTERN_AGE = 8, timedelta(days=365)


@dataclass(frozen=True, slots=True)
class LedLine:
    """An activity, how many sign-ups wait for the leader's word, and whether its centre is asked first."""

    led: LedActivity
    asks: int
    asked_centre: bool


@dataclass(frozen=True, slots=True)
class Overview:
    """A leader's teams, and their activities by start."""

    teams: list[leading.TeamBrief]
    activities: list[LedLine]


@dataclass(frozen=True, slots=True)
class Earlier:
    """An activity that could be held once more; `quota` where it has one position, else 0."""

    code: str
    title: str
    place: str
    local_day: date
    starts_at: datetime
    ends_at: datetime
    quota: int


def overview(*, actor: Actor, at: datetime) -> Overview:
    """The teams he leads; today's activities, what is to be confirmed of the past week, what comes in a month."""
    teams = leading.led_teams(actor=actor, at=at, most=leading.OFFERED)
    if not teams:
        return Overview([], [])
    today, tomorrow = local_day(at), local_day(at) + timedelta(days=1)
    begun = activity_views.between(actor=actor, first=today - BACK, until=tomorrow, at=at, limit=MOST)
    ahead = activity_views.between(actor=actor, first=tomorrow, until=today + AHEAD, at=at)
    found = {each.code: each for each in begun if local_day(each.ends_at) >= today or each.unconfirmed}
    found |= {each.code: each for each in ahead[:MOST] if each.phase != "cancelled"}
    thrown_away = _thrown_away([code for code, each in found.items() if each.phase == "cancelled"])
    found = {code: each for code, each in found.items() if code not in thrown_away}
    asked, waiting = _asked(list(found)), _with_centre(list(found))
    return Overview(teams, [LedLine(each, asked.get(code, 0), code in waiting) for code, each in found.items()])


def _asked(codes: list[str]) -> dict[str, int]:
    query: Any = (
        Signup.select(Activity.code, fn.COUNT(Signup.id).alias("number"))
        .join(Activity)
        .where(Activity.code.in_(codes), Signup.state == "pending")
        .group_by(Activity.code)
    )
    return {code: int(number) for code, number in query.tuples()}


def _with_centre(codes: list[str]) -> set[str]:
    query: Any = Activity.select(Activity.code).where(
        Activity.code.in_(codes), Activity.state == "draft", Activity.approval == "waiting"
    )
    return {code for (code,) in query.tuples()}


def _thrown_away(codes: list[str]) -> set[str]:
    """Drafts that were given up before anybody saw them."""
    query: Any = Activity.select(Activity.code).where(
        Activity.code.in_(codes), Activity.state == "cancelled", Activity.published_at.is_null()
    )
    return {code for (code,) in query.tuples()}


def asks(*, activity_code: str) -> int:
    """How many sign-ups of an activity wait for its leader's word."""
    return _asked([activity_code]).get(activity_code, 0)


def doubts(review: str) -> list[str]:
    """What is doubted about somebody's scans (`roster.RosterEntry.review`), each in words."""
    words: dict[str, str] = entry("offline.doubt")
    pairs = (pair.partition(":") for pair in review.split(",") if pair)
    return [say(f"offline.doubt_{side}", why=words[why]) for side, _, why in pairs]


def earlier(*, actor: Actor, team_code: str, at: datetime) -> list[Earlier]:
    """What the team has published within a year, the newest of each title. Refusals: NOT_FOUND, NOT_ALLOWED."""
    team = Team.get_or_none(Team.code == team_code)
    if team is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    permissions.require_lead(actor=actor, team_id=team.id, at=at)
    newest = (
        Activity.select(fn.MAX(Activity.id))
        .where(
            Activity.team == team.id, Activity.state.in_(("published", "ended")), Activity.purpose == "service",
            Activity.starts_at > at - PATTERN_AGE,
        )
        .group_by(Activity.title)
    )  # fmt: skip
    rows = list(Activity.select().where(Activity.id.in_(newest)).order_by(Activity.id.desc()).limit(PATTERNS))
    quotas: dict[int, list[int]] = {}
    for position in Position.select().where(Position.activity.in_([row.id for row in rows])):
        quotas.setdefault(position.activity_id, []).append(position.quota)
    return [
        Earlier(
            row.code, row.title, row.place, date.fromisoformat(row.local_day), row.starts_at, row.ends_at,
            quotas[row.id][0] if len(quotas.get(row.id, [])) == 1 else 0,
        )
        for row in rows
    ]  # fmt: skip
