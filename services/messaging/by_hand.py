"""Messages in the hands of people: whom to ring up, what to send again, what to take out of the queue.

An urgent message that reached nobody is a telephone call to be made. The list has it until it was read, until somebody
noted that he called, or for a week.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from peewee import JOIN, SQL

from frozen import dataclass
from models import Delivery, Notice, Team, Volunteer, store
from services import audit, leading, limits, permissions, scopes
from services.access import people_list
from services.access.reveal import MOST, SECONDS
from services.accounts.documents import mask_phone
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.listing import Found, Wanted, cut
from services.messaging import catalogue, outbox_views
from services.messaging.broadcasts.reading import KINDS, NOT_REACHED
from services.messaging.catalogue import SAFETY
from services.messaging.outbox_views import TryLine
from services.parts import Parts

#: Sent again by hand; one that may have arrived never is (design §6.10).
AGAIN = ("inbox", "failed", "expired")
LISTED = timedelta(days=7)
#: As the index of what is urgent and unread says it.
URGENT = SQL(str(SAFETY))
REASON_LONGEST = 200


@dataclass(frozen=True, slots=True)
class CallLine:
    """One person to ring up: what about, since when, what became of the message; when somebody called."""

    id: int
    name: str
    team: str
    title: str
    state: str
    created_at: datetime
    called_at: datetime | None


@dataclass(frozen=True, slots=True)
class Message:
    """One message to one person in full. `may`: what the actor can do with it (call, again, drop);
    `notice_id`: of what somebody wrote to many.
    """

    id: int
    kind: str
    name: str
    public_no: str
    team: str
    title: str
    body: str
    state: str
    channel: str
    at: datetime
    read_at: datetime | None
    called_at: datetime | None
    called_by: str
    phone: str
    tries: list[TryLine]
    may: frozenset[str]
    notice_id: int | None = None


def calls(*, actor: Actor, wanted: Wanted, at: datetime) -> Found[CallLine]:
    """Urgent messages of a week that reached nobody and stand unread: his teams' and those of divisions he looks at.

    The words are a name; filter: done (yes, no).
    """
    query = _messages().where(
        _reach(actor, at), Delivery.priority == URGENT, Delivery.state.in_(NOT_REACHED), Delivery.read_at.is_null(),
        Delivery.created_at > at - LISTED, Volunteer.state == "active",
    )  # fmt: skip
    if done := wanted.chosen("done"):
        query = query.where(Delivery.called_at.is_null(done != "yes"))
    if wanted.text:
        query = query.where(Volunteer.name.contains(wanted.text))
    return cut(
        query, wanted=wanted, sorts={"at": Delivery.id}, default="-at", tie=Delivery.id,
        row=lambda row: CallLine(
            row.id, row.volunteer.name, _team_name(row), row.title, row.state, row.created_at, row.called_at
        ),
    )  # fmt: skip


def message(*, parts: Parts, actor: Actor, delivery_id: int, at: datetime) -> Message:
    """One message for those who may look at it. Refusal: NOT_FOUND."""
    row = _one(actor, delivery_id, at)
    masked = ""
    if row.volunteer.phone_sealed is not None:
        masked = mask_phone(people_list.opened(parts, row.volunteer, "phone"))
    tries = outbox_views.tries_of(row.id)
    return Message(
        row.id, row.kind, row.volunteer.name, row.volunteer.public_no, _team_name(row), row.title, row.body, row.state,
        row.channel, row.sent_at or row.due_at, row.read_at, row.called_at, row.called_by.name if row.called_by else "",
        masked, tries, _may(actor, row, at), row.notice_id if row.kind in KINDS else None,
    )  # fmt: skip


def telephone(*, parts: Parts, actor: Actor, delivery_id: int, at: datetime) -> str:
    """The number in full, to ring up whom an urgent message, or somebody's own words to many, did not reach; it is
    noted as called, and in the audit.

    Refusals in order: NOT_FOUND, MESSAGE_STATE (reached, read, or neither of them), TOO_MANY_TRIES, NUMBER_MISSING.
    """
    row = _mine(actor, delivery_id, at, "call")
    limits.count(key=f"reveal|{actor.volunteer_id}", limit=MOST, seconds=SECONDS, at=at)
    number = people_list.opened(parts, row.volunteer, "phone") if row.volunteer.phone_sealed is not None else ""
    if not number:
        raise Refusal(RefusalCode.NUMBER_MISSING)

    def act() -> None:
        Delivery.update(called_at=at, called_by=actor.volunteer_id).where(Delivery.id == row.id).execute()
        audit.note(
            actor=actor, verb="message.call", subject=f"volunteer:{row.volunteer.id}",
            detail={"what": "phone", "message": row.id}, at=at,
        )  # fmt: skip

    store.write(act)
    return str(number)


def send_again(*, actor: Actor, delivery_id: int, at: datetime) -> None:
    """Put a message that did not go out back into the queue, every way open again.

    Whether it is still true is looked at before it goes. Refusals in order: NOT_FOUND, MESSAGE_STATE (went out, or may
    have).
    """
    row = _mine(actor, delivery_id, at, "again")
    lasts = at + catalogue.kind(row.kind).lasts

    def act() -> None:
        changed = (
            Delivery.update(
                state="queued", skip="", channel="", due_at=at, sent_at=None, held_until=None, slot="",
                expires_at=max(row.expires_at or lasts, at + timedelta(hours=1)),
            )
            .where(Delivery.id == row.id, Delivery.state.in_(AGAIN))
            .execute()
        )  # fmt: skip
        if not changed:
            raise Refusal(RefusalCode.MESSAGE_STATE)
        audit.note(actor=actor, verb="message.again", subject=f"volunteer:{row.volunteer.id}",
                   detail={"message": row.id}, at=at)  # fmt: skip

    store.write(act)


def drop(*, actor: Actor, delivery_id: int, reason: str, at: datetime) -> None:
    """Take a message that waits out of the queue and out of its person's inbox.

    Refusals in order: NOT_FOUND, MESSAGE_STATE (does not wait any more), REASON_REQUIRED.
    """
    row = _mine(actor, delivery_id, at, "drop")
    why = reason.strip()[:REASON_LONGEST]
    if not why:
        raise Refusal(RefusalCode.REASON_REQUIRED)

    def act() -> None:
        waits = (Delivery.state == "queued") | Delivery.held_until.is_null(False)
        changed = Delivery.update(state="withdrawn", held_until=None).where(Delivery.id == row.id, waits).execute()
        if not changed:
            raise Refusal(RefusalCode.MESSAGE_STATE)
        audit.note(actor=actor, verb="message.drop", subject=f"volunteer:{row.volunteer.id}",
                   detail={"message": row.id, "reason": why}, at=at)  # fmt: skip

    store.write(act)


def _messages() -> Any:
    caller = Volunteer.alias()
    return (
        Delivery.select(Delivery, Notice.id, Notice.team, Team.id, Team.short_name, Team.region_code, Volunteer, caller)
        .join(Notice)
        .join(Team, JOIN.LEFT_OUTER)
        .switch(Delivery)
        .join(Volunteer, on=Delivery.volunteer)
        .switch(Delivery)
        .join(caller, JOIN.LEFT_OUTER, on=(Delivery.called_by == caller.id), attr="called_by")
    )


def _reach(actor: Actor, at: datetime) -> Any:
    """Messages of the teams he leads and of the divisions he may look at; without a team, by the person's home."""
    led = leading.led(actor=actor, at=at)
    areas = scopes.readable(actor=actor, at=at)
    if not areas:
        return led
    homes = Notice.team.is_null() & scopes.within(Volunteer.region_code, areas)
    return led | scopes.within(Team.region_code, areas) | homes


def _one(actor: Actor, delivery_id: int, at: datetime) -> Any:
    items = Delivery.kind.not_in((catalogue.DIGEST, catalogue.CARD))
    row = _messages().where(Delivery.id == delivery_id, items, _reach(actor, at)).first()
    if row is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    return row


def _mine(actor: Actor, delivery_id: int, at: datetime, act: str) -> Any:
    row = _one(actor, delivery_id, at)
    if not _acts(actor, row, at):
        raise Refusal(RefusalCode.NOT_ALLOWED)
    if act not in _may(actor, row, at):
        raise Refusal(RefusalCode.MESSAGE_STATE)
    return row


def _acts(actor: Actor, row: Any, at: datetime) -> bool:
    if row.notice.team_id is not None:
        return permissions.leads(actor=actor, team_id=row.notice.team_id, at=at)
    return permissions.manages(actor=actor, region_code=row.volunteer.region_code, at=at)


def _may(actor: Actor, row: Any, at: datetime) -> frozenset[str]:
    if not _acts(actor, row, at) or row.volunteer.state != "active":
        return frozenset()
    held = row.held_until is not None
    told_by_hand = row.priority == SAFETY or row.kind == "broadcast"
    missed = told_by_hand and row.state in NOT_REACHED and row.read_at is None and not held
    allowed = {
        "call": missed and row.volunteer.phone_sealed is not None,
        "again": row.state in AGAIN and not held and row.read_at is None,
        "drop": row.state == "queued" or held,
    }
    return frozenset(name for name, yes in allowed.items() if yes)


def _team_name(row: Any) -> str:
    return row.notice.team.short_name if row.notice.team_id is not None else ""
