"""What strangers see of visits, mediation, counselling and of anything in a private home: the village alone (S61).

No time, no photo, no list, no poster, no card. The team and whoever has signed up see everything. The list of open
activities asks the same in its SQL (queries/activities.py).
"""

from __future__ import annotations

from datetime import datetime

from models import Activity, Signup, TeamMember
from services import permissions, regions
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.participation.domains import is_confidential, sub_domain


def is_hidden(activity: Activity) -> bool:
    """Whether strangers see the village only: visits, mediation, counselling, anything in a private home."""
    return bool(activity.private_home) or is_confidential(activity.domain, activity.sub_domain)


def hidden(activity: Activity) -> Refusal:
    """What strangers are told instead: the kind of service and the village."""
    kind = sub_domain(activity.domain, activity.sub_domain)
    village = regions.path_name(str(activity.region_code))
    return Refusal(RefusalCode.ACTIVITY_HIDDEN, kind=kind.name if kind else activity.sub_domain, village=village)


def require_seen(*, activity: Activity, reader: Actor, at: datetime) -> None:
    """Go on for everybody, or, where it is hidden, for those to whom it belongs; ACTIVITY_HIDDEN."""
    if is_hidden(activity) and not belongs(activity=activity, reader=reader, at=at):
        raise hidden(activity)


def belongs(*, activity: Activity, reader: Actor, at: datetime) -> bool:
    """Whether the reader is of the team, on a list of the activity, or answers for its division."""
    volunteer_id = reader.volunteer_id
    if volunteer_id is None:
        return False
    member = TeamMember.select().where(
        TeamMember.team == activity.team_id, TeamMember.volunteer == volunteer_id, TeamMember.to_at.is_null()
    )
    listed = Signup.select().where(
        Signup.activity == activity.id, Signup.volunteer == volunteer_id,
        Signup.state.in_(("confirmed", "pending", "waitlisted", "offered")),
    )  # fmt: skip
    return bool(member.exists() or listed.exists()) or permissions.leads(
        actor=reader, team_id=activity.team_id, at=at
    )
