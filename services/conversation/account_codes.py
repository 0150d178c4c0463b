"""The official account's own codes for paper: a team's, an activity's, a recruitment drive's (带参数二维码).

Whoever scans one follows the account and is at once asked about that team or that activity. A team's code lasts for
ever, and an account has 100,000 of those, so each is asked for once and kept; an activity's lasts thirty days at most.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from models import AccountCode, Activity, Team, store
from services import permissions
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.participation import privacy
from services.parts import Parts
from services.printing import Paper
from services.recruitment import drives
from services.times import day_starts
from wechat.gateway import WechatFailure
from wording import entry

TEAM, ACTIVITY, DRIVE = "t.", "a.", "r."
#: WeChat gives no longer life to a code that ends.
LONGEST = timedelta(days=30)


def team_sheet(*, parts: Parts, actor: Actor, team_code: str, at: datetime) -> bytes:
    """A sheet of A4 that calls people to a team, PDF. HTTP, so outside a write.

    Refusals in order: NOT_FOUND (no such team, or none of the actor's), TEAM_CLOSED, WECHAT_UNAVAILABLE.
    """
    team = Team.get_or_none(Team.code == team_code)
    if team is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    permissions.require_lead(actor=actor, team_id=team.id, at=at)
    if team.state in ("paused", *permissions.CLOSED_TEAMS):
        raise Refusal(RefusalCode.TEAM_CLOSED)
    url = _kept(parts, TEAM + team.code, None, at)
    return _sheet(parts, "team", url, at, name=team.name)


def activity_sheet(*, parts: Parts, actor: Actor, code: str, at: datetime) -> bytes:
    """A sheet of A4 that calls people to an activity, PDF; its code lasts until the end, thirty days at most.

    Refusals in order: NOT_FOUND, ACTIVITY_CANCELLED (also one that is over), NO_POSTER (a visit, a private home),
    WECHAT_UNAVAILABLE.
    """
    activity = Activity.get_or_none(Activity.code == code)
    if activity is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    permissions.require_lead(actor=actor, team_id=activity.team_id, at=at)
    if activity.state != "published" or activity.ends_at <= at:
        raise Refusal(RefusalCode.ACTIVITY_CANCELLED)
    if privacy.is_hidden(activity):
        raise Refusal(RefusalCode.NO_POSTER)
    url = _kept(parts, ACTIVITY + activity.code, min(activity.ends_at, at + LONGEST), at)
    return _sheet(parts, "activity", url, at, name=activity.title)


def drive_sheet(*, parts: Parts, actor: Actor, code: str, at: datetime) -> bytes:
    """A sheet of A4 for the door of a recruitment drive, PDF; its code lasts until the drive ends, thirty days
    at most.

    Refusals in order: NOT_FOUND, NOT_ALLOWED, DRIVE_OVER, WECHAT_UNAVAILABLE.
    """
    drive = drives.led(actor=actor, code=code, at=at)
    ends = day_starts(date.fromisoformat(str(drive.to_on)) + timedelta(days=1))
    if drive.closed_at is not None or ends <= at:
        raise Refusal(RefusalCode.DRIVE_OVER)
    url = _kept(parts, DRIVE + str(drive.code), min(ends, at + LONGEST), at)
    return _sheet(parts, "drive", url, at, name=str(drive.title))


def _kept(parts: Parts, scene: str, until: datetime | None, at: datetime) -> str:
    """What the code of a scene holds: the one that is kept, while it lives, else a new one of WeChat's."""
    found = AccountCode.get_or_none(AccountCode.scene == scene)
    if found is not None and (found.until is None or found.until > at):
        return str(found.url)
    seconds = None if until is None else max(60, int((until - at).total_seconds()))
    try:
        made = parts.gateway.create_qr(scene, seconds=seconds)
    except WechatFailure as failure:
        raise Refusal(RefusalCode.WECHAT_UNAVAILABLE) from failure
    kept = AccountCode.insert(scene=scene, url=made.url, until=until, at=at).on_conflict(
        conflict_target=[AccountCode.scene], update={"url": made.url, "until": until, "at": at}
    )
    store.write(kept.execute)
    return made.url


def _sheet(parts: Parts, kind: str, url: str, at: datetime, *, name: str) -> bytes:
    words = entry(f"joining.sheets.{kind}")
    paper = Paper(title=words["title"], subtitle=name, footer=parts.brand, made_at=at)
    paper.code(url, x=45, y=58, size=120)
    paper.pages.set_y(185)
    for line in words["lines"].split("|"):
        paper.line(line, size=18, align="C")
        paper.space(2)
    return paper.pdf()
