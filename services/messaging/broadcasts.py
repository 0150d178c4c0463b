"""A leader's own words to his team (群发), how far they got, and whom nothing has reached.

Draft, look, `确认`: nothing goes out before the sender has seen how many will get it. Sending is one statement
for the whole team. Callers know these functions as `services.messaging.notices.…`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from clock import to_millis
from models import Activity, Notice, Team, store
from queries import outbox as sql
from services import permissions
from services.accounts.documents import mask_phone
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.messaging import catalogue, outbox
from services.parts import Parts
from services.permissions import Verb
from wording import say

MOST_CHARACTERS = 500
#: A push is a taste and a link; the whole text is in the inbox (design §6.10).
TASTE = 20
PREVIEW = 60
DRAFT_LASTS = timedelta(hours=1)
#: A leader's notice that could not be pushed for so long stays in the inbox.
LASTS = timedelta(days=2)
INBOX_PATH = "/m/inbox"


@dataclass(frozen=True, slots=True)
class Draft:
    """A broadcast that waits for its yes. `reach`: how many by their best channel (sub, tpl, cs, inbox)."""

    notice_id: int
    recipients: int
    reach: dict[str, int]
    preview: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a broadcast got. `unreached`: not pushed and not read; `failed` ones are among them."""

    total: int
    sent: int
    waiting: int
    read: int
    unreached: int
    failed: int


@dataclass(frozen=True, slots=True)
class Unreached:
    """One person to call. `why`: not_following, or the delivery's state (queued, inbox, unknown, failed, expired)."""

    public_no: str
    name: str
    phone_masked: str
    why: str


def broadcast_draft(*, actor: Actor, team_code: str, text: str, at: datetime) -> Draft:
    """Keep a leader's words and say whom they would reach. Nothing is sent.

    Refusals in order: NOT_FOUND (no such team, or not his), TEXT_EMPTY, TEXT_TOO_LONG, NOBODY_TO_TELL.
    The sender himself is no receiver.
    """
    team = Team.get_or_none(Team.code == team_code)
    if team is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    permissions.require_lead(actor=actor, team_id=team.id, at=at)
    words = text.strip()
    if not words:
        raise Refusal(RefusalCode.TEXT_EMPTY)
    if len(words) > MOST_CHARACTERS:
        raise Refusal(RefusalCode.TEXT_TOO_LONG, most=MOST_CHARACTERS, length=len(words))
    reach = _reach(team.id, actor.volunteer_id, at)
    recipients = sum(reach.values())
    if not recipients:
        raise Refusal(RefusalCode.NOBODY_TO_TELL)
    notice = store.write(
        lambda: Notice.create(
            kind="broadcast",
            team=team,
            sender=actor.volunteer_id,
            text=words,
            state="draft",
            recipients=recipients,
            created_at=at,
        )  # fmt: skip
    )
    return Draft(notice.id, recipients, reach, words if len(words) <= PREVIEW else words[:PREVIEW] + "…")


def _reach(team_id: int, sender: int | None, at: datetime) -> dict[str, int]:
    reach = {"sub": 0, "tpl": 0, "cs": 0, "inbox": 0}
    for _, sub, tpl, cs in sql.rows(sql.REACH, (to_millis(at), "sub_notice", team_id, sender or 0)):
        reach["sub" if sub else "tpl" if tpl else "cs" if cs else "inbox"] += 1
    return reach


def broadcast_send(*, actor: Actor, notice_id: int, at: datetime) -> int:
    """The sender's yes: one message to each active member; how many. Works once.

    Refusals in order: NOT_FOUND (none of his), NOTICE_STATE (sent, stopped, or an hour old), rights lost since
    NOT_FOUND, NOBODY_TO_TELL (everybody left meanwhile).
    """

    def act() -> int:
        notice = _own(actor, notice_id)
        taken = (
            Notice.update(state="sent")
            .where(Notice.id == notice.id, Notice.state == "draft", Notice.created_at > at - DRAFT_LASTS)
            .execute()
        )
        if not taken:
            raise Refusal(RefusalCode.NOTICE_STATE)
        permissions.require_lead(actor=actor, team_id=notice.team_id, at=at)
        team = Team.get_by_id(notice.team_id)
        values = catalogue.values(
            "broadcast", moment=at, sender=team.short_name, team=team.short_name, text=notice.text[:TASTE]
        )
        title = say("notices.broadcast.title", team=team.short_name)
        put = sql.rows(
            sql.PUT_TO_TEAM,
            (
                f"b:{notice.id}:",
                outbox.BROADCAST,
                title,
                INBOX_PATH,
                catalogue.packed("notice", catalogue.fitted("broadcast", values)),
                to_millis(at),
                to_millis(at + LASTS),
                to_millis(at),
                notice.id,
            ),  # fmt: skip
        )
        if not put:
            raise Refusal(RefusalCode.NOBODY_TO_TELL)
        Notice.update(recipients=len(put)).where(Notice.id == notice.id).execute()
        return len(put)

    return store.write(act)


def broadcast_stop(*, actor: Actor, notice_id: int, at: datetime) -> int:
    """Stop a broadcast: what waits is withdrawn; how many. NOT_FOUND if it is none of the actor's."""

    def act() -> int:
        notice = _own(actor, notice_id)
        Notice.update(state="stopped").where(Notice.id == notice.id).execute()
        return outbox.withdraw(notice_id=notice.id, at=at)

    return store.write(act)


def progress(*, actor: Actor, notice_id: int | None = None, at: datetime) -> Progress:
    """How far a broadcast got; without an id the actor's last one. NOT_FOUND if there is none, and those of
    `require_reader`."""
    if notice_id is None:
        notice = (
            Notice.select()
            .where(Notice.sender == actor.volunteer_id, Notice.kind == "broadcast", Notice.state != "draft")
            .order_by(Notice.id.desc())
            .first()
        )
        if notice is None:
            raise Refusal(RefusalCode.NOT_FOUND)
    else:
        notice = Notice.get_or_none(Notice.id == notice_id, Notice.kind == "broadcast")
        if notice is None:
            raise Refusal(RefusalCode.NOT_FOUND)
        require_reader(actor=actor, notice=notice, at=at)
    row = sql.one(sql.PROGRESS, (notice.id,)) or ()
    return Progress(*(int(number or 0) for number in row))


def require_reader(*, actor: Actor, notice: Notice, at: datetime) -> None:
    """Go on for a broadcast's sender, for those who lead its team and, once it is sent, for those who may look at
    the team's division (auditors). Refusals: NOT_FOUND, NOT_ALLOWED (who may only look, while it is a draft).
    """
    if notice.sender_id == actor.volunteer_id:
        return
    place = str(Team.select(Team.region_code).where(Team.id == notice.team_id).scalar() or "")
    if notice.state != "draft" and permissions.holds(actor=actor, verb=Verb.LOOK, region_code=place, at=at):
        return
    permissions.require_lead(actor=actor, team_id=notice.team_id, at=at)


def unreached(
    *, actor: Actor, activity_code: str, at: datetime, parts: Parts | None = None
) -> list[Unreached]:
    """Signed-up people to whom no message about the present time and place got through: call them.

    A push that WeChat took counts as reached, so does a read inbox item; an unread one does not. For a cancelled
    activity: whom the cancellation has not reached. Phones are masked, and "" without `parts`.
    NOT_FOUND for an activity that is not the actor's to lead.
    """
    activity = Activity.get_or_none(Activity.code == activity_code)
    if activity is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    permissions.require_lead(actor=actor, team_id=activity.team_id, at=at)
    return not_reached(activity_id=activity.id, at=at, parts=parts)


def not_reached(*, activity_id: int, at: datetime, parts: Parts | None = None) -> list[Unreached]:
    """The list of `unreached`, for the worker that makes the call sheet."""
    people = []
    for _, public_no, name, sealed, state, following in sql.rows(sql.UNREACHED, (activity_id, to_millis(at))):
        phone = ""
        if parts is not None and sealed is not None:
            phone = mask_phone(parts.vault.open(sealed, f"volunteer.phone:{public_no}"))
        people.append(Unreached(public_no, name, phone, state if following else "not_following"))
    return people


def _own(actor: Actor, notice_id: int) -> Notice:
    notice = Notice.get_or_none(
        Notice.id == notice_id, Notice.kind == "broadcast", Notice.sender == actor.volunteer_id
    )
    if notice is None or actor.volunteer_id is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    return notice
