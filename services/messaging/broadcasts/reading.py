"""How far a broadcast got, and who may look at it (群发进度)."""

from __future__ import annotations

from datetime import datetime

from frozen import dataclass
from models import Broadcast, Notice
from queries import outbox as sql
from services import permissions
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.permissions import Verb

#: The kinds of notices that somebody wrote.
KINDS = ("broadcast", "emergency")
#: States in which nobody was surely reached.
NOT_REACHED = ("inbox", "unknown", "failed", "expired")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a broadcast got. `unreached`: not pushed and not read; `failed` ones are among them; `unknown`: WeChat
    did not answer, so it may have arrived and is not sent twice; `evening`: that person has had the day's pushes, the
    evening's digest names it. `until`: about when the last of those who wait is told, None where nobody waits for it.
    """

    total: int
    sent: int
    waiting: int
    read: int
    unreached: int
    failed: int
    unknown: int = 0
    evening: int = 0
    until: datetime | None = None


def newest(*, actor: Actor) -> int:
    """The id of the last one that the actor said yes to. Refusals: NOT_FOUND."""
    found = (
        Notice.select(Notice.id)
        .where(Notice.sender == actor.volunteer_id, Notice.kind.in_(KINDS), Notice.state != "draft")
        .order_by(Notice.id.desc())
        .first()
    )
    if found is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    return int(found.id)


def progress(*, actor: Actor, notice_id: int, at: datetime) -> Progress:
    """How far a broadcast got. Refusals: NOT_FOUND, and those of `require_reader`."""
    notice = Notice.get_or_none(Notice.id == notice_id, Notice.kind.in_(KINDS))
    if notice is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    require_reader(actor=actor, notice=notice, at=at)
    row = sql.one(sql.PROGRESS, (notice.id,)) or (0,) * 8
    total, sent, waiting, read, unreached, failed, unknown, evening = (int(number or 0) for number in row)
    kept = Broadcast.get_or_none(Broadcast.notice == notice)
    until = kept.through if kept is not None and kept.state == "sent" and waiting else None
    if until is not None and until <= at:
        until = None  # the last of them wait for something else
    return Progress(total, sent, waiting, read, unreached, failed, unknown, evening, until)


def require_reader(*, actor: Actor, notice: Notice, at: datetime) -> None:
    """Go on for a broadcast's sender, for those who lead its team and, once it is sent, for those who may look at
    the team's division (auditors). Refusals: NOT_FOUND, NOT_ALLOWED (who may only look, while it is a draft).
    """
    if notice.sender_id == actor.volunteer_id:
        return
    kept = Broadcast.get_or_none(Broadcast.notice == notice)
    place = kept.region_code if kept is not None else ""
    if notice.state != "draft" and permissions.holds(actor=actor, verb=Verb.LOOK, region_code=place, at=at):
        return
    if notice.team_id is None:
        permissions.require_manage(actor=actor, region_code=place, at=at)
    else:
        permissions.require_lead(actor=actor, team_id=notice.team_id, at=at)
