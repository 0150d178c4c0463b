"""An activity from one sentence: what was said, and the rest from the team's last similar one, or from plain wording.

GB/T 40143 §6.1 asks for more than anybody types into a telephone. The leader sees all of it before his yes; what an
old activity knew about another day (a host's consent, a project, the shifts) is not carried over.
"""

from __future__ import annotations

from datetime import datetime

from frozen import dataclass
from models import Activity, Team
from services import permissions
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.participation import activities, positions
from services.participation.activity_drafts import ActivityDraft
from services.participation.positions import PositionDraft, positions_of
from wording import entry, say

#: Of 100: how much a title must share with another to be a similar activity.
ALIKE = 50
LOOKED_AT = 40
TEXTS = ("content", "risk_notice", "conditions", "safeguards", "contact", "how_to_join", "host_contact")
KINDS = ("domain", "sub_domain", "openness", "joining", "venue_kind", "private_home", "dangerous", "agreement")


@dataclass(frozen=True, slots=True)
class Said:
    """What the leader said: moments are aware, `quota` whole people."""

    title: str
    place: str
    starts_at: datetime
    ends_at: datetime
    quota: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """The whole draft; `like` is the title of the activity that the rest was taken from, "" for plain wording."""

    team_code: str
    team_name: str
    draft: ActivityDraft
    like: str


def propose(*, actor: Actor, team_code: str, said: Said, at: datetime) -> Proposal:
    """The draft that `put` would write down. Nothing is kept.

    Refusals in order: NOT_FOUND (no such team, or none of the actor's business), NOT_ALLOWED, ACTIVITY_INVALID (fact
    `field`; also for a start that is past).
    """
    team = Team.get_or_none(Team.code == team_code, Team.state.not_in(permissions.CLOSED_TEAMS))
    if team is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    permissions.require_lead(actor=actor, team_id=team.id, at=at)
    old = _similar(team.id, said.title)
    draft = _like(old, said) if old is not None else _plain(said)
    if said.starts_at <= at:
        raise positions.invalid("starts_at")
    activities.checked(draft, at)
    return Proposal(team.code, team.short_name or team.name, draft, old.title if old is not None else "")


def _similar(team_id: int, title: str) -> Activity | None:
    """The newest of the team's published activities whose title is most like this one."""
    from rapidfuzz import fuzz

    rows = (
        Activity.select()
        .where(Activity.team == team_id, Activity.state.in_(("published", "ended")), Activity.emergency == False)  # noqa: E712
        .order_by(Activity.starts_at.desc(), Activity.id.desc())
        .limit(LOOKED_AT)
    )
    found, best = None, 0.0
    for row in rows:
        score = fuzz.ratio(row.title, title) if len(title) > 1 else 0.0
        score = max(score, fuzz.partial_ratio(title, row.title) if len(title) > 3 else 0.0)
        if score >= ALIKE and score > best:
            found, best = row, score
    return found


def _like(old: Activity, said: Said) -> ActivityDraft:
    first = next(iter(positions_of(old)), None)
    name = first.name if first is not None else say("proposals.position")
    return ActivityDraft(
        title=said.title, place=said.place, starts_at=said.starts_at, ends_at=said.ends_at,
        positions=(PositionDraft(name=name, quota=said.quota),),
        **{field: getattr(old, field) for field in (*TEXTS, *KINDS)},
    )  # fmt: skip


def _plain(said: Said) -> ActivityDraft:
    kind = next(
        (each for each in entry("proposals.kinds") if any(word in said.title for word in each["words"])), None
    ) or entry("proposals.other")
    return ActivityDraft(
        title=said.title, place=said.place, starts_at=said.starts_at, ends_at=said.ends_at, domain=kind["domain"],
        sub_domain=kind["sub_domain"], content=say("proposals.content", title=said.title, place=said.place),
        risk_notice=kind.get("risk", entry("proposals.risk")), conditions=say("proposals.conditions"),
        safeguards=say("proposals.safeguards"),
        positions=(PositionDraft(name=say("proposals.position"), quota=said.quota),),
    )  # fmt: skip
