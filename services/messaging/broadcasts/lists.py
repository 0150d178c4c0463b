"""Broadcasts as the console lists them: those sent, those that wait for consent, what was received, who got one."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from peewee import JOIN

from frozen import dataclass
from models import Broadcast, Delivery, Notice, Team, Volunteer
from services import decisions, leading, scopes
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.listing import Found, Wanted, cut
from services.messaging.broadcasts.reading import KINDS, NOT_REACHED, require_reader

#: Names of those who may agree that are told.
MOST_ASKED = 3


@dataclass(frozen=True, slots=True)
class BroadcastLine:
    """A broadcast: `audience` in words; `state` draft, waiting, due, sent, refused or stopped; `mine`: the reader wrote
    it; `may_decide`: it waits and he may agree; `why`: why it is urgent, or was not let go; `asked`: who may agree,
    before it goes.
    """

    id: int
    audience: str
    text: str
    state: str
    sender: str
    recipients: int
    created_at: datetime
    send_at: datetime | None
    mine: bool
    urgent: bool = False
    to_officers: bool = False
    may_decide: bool = False
    may_stop: bool = False
    why: str = ""
    asked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Receiver:
    """One person a broadcast is for, and what came of it; `held`: the evening's digest names it."""

    id: int
    name: str
    state: str
    channel: str
    sent_at: datetime | None
    read_at: datetime | None
    held: bool = False


def _line(row: Any, actor: Actor, managed: tuple[str, ...], at: datetime) -> BroadcastLine:
    notice, kept = row, row.broadcast
    mine = notice.sender_id == actor.volunteer_id
    place, parties = kept.region_code, [notice.sender_id]
    decides = kept.state == "waiting" and decisions.may_decide(
        actor=actor, region_code=place, parties=parties, at=at
    )
    return BroadcastLine(
        notice.id, kept.name, notice.text, kept.state, notice.sender.name, notice.recipients, notice.created_at,
        kept.send_at, mine, kept.urgent, kept.who == "officers", decides,
        mine or any(place.startswith(code) for code in managed),
        kept.decided_why or kept.why,
    )  # fmt: skip


def _broadcasts() -> Any:
    return (
        Notice.select(Notice, Broadcast, Team.id, Team.name, Volunteer.id, Volunteer.name)
        .join(Broadcast, on=(Broadcast.notice == Notice.id), attr="broadcast")
        .switch(Notice)
        .join(Team, JOIN.LEFT_OUTER)
        .switch(Notice)
        .join(Volunteer, on=Notice.sender)
    )


def broadcasts(*, actor: Actor, wanted: Wanted, at: datetime) -> Found[BroadcastLine]:
    """The broadcasts he wrote, those to the teams he leads and those of the divisions he may look at, newest first;
    drafts are left out. The words are part of the text, or the name of a team or of a sender; filters: state.
    """
    query = _broadcasts().where(_reach(actor, at), Notice.state != "draft")
    if state := wanted.chosen("state"):
        query = query.where(Broadcast.state == state)
    if wanted.text:
        query = query.where(
            Notice.text.contains(wanted.text)
            | Broadcast.name.contains(wanted.text)
            | Team.name.contains(wanted.text)
            | Volunteer.name.contains(wanted.text)
        )
    managed = scopes.managed(actor=actor, at=at)
    return cut(
        query, wanted=wanted,
        sorts={"at": Notice.id, "audience": Broadcast.name, "recipients": Notice.recipients},
        default="-at", tie=Notice.id, row=lambda row: _line(row, actor, managed, at),
    )  # fmt: skip


def _reach(actor: Actor, at: datetime) -> Any:
    looked = scopes.readable(actor=actor, at=at)
    mine = leading.led(actor=actor, at=at) | (Notice.sender == actor.volunteer_id)
    return scopes.within(Broadcast.region_code, looked) | mine if looked else mine


def broadcast(*, actor: Actor, notice_id: int, at: datetime) -> BroadcastLine:
    """One broadcast, for those `reading.require_reader` lets in. Refusals: NOT_FOUND, NOT_ALLOWED."""
    found = _broadcasts().where(Notice.id == notice_id).first()
    if found is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    require_reader(actor=actor, notice=found, at=at)
    line = _line(found, actor, scopes.managed(actor=actor, at=at), at)
    if line.state not in ("draft", "waiting"):
        return line
    people = decisions.deciders(region_code=found.broadcast.region_code, parties=[found.sender_id], at=at)
    names = Volunteer.select(Volunteer.name).where(Volunteer.id.in_(sorted(people))).order_by(Volunteer.id)
    return replace(line, asked=tuple(each.name for each in names.limit(MOST_ASKED)))


def waiting(*, actor: Actor, at: datetime) -> list[BroadcastLine]:
    """The broadcasts that wait for consent and that the actor may decide on, the oldest first."""
    areas = scopes.managed(actor=actor, at=at)
    if not areas:
        return []
    query = _broadcasts().where(Broadcast.state == "waiting", scopes.within(Broadcast.region_code, areas))
    lines = [_line(row, actor, areas, at) for row in query.order_by(Notice.id)]
    return [line for line in lines if line.may_decide]


def received(*, actor: Actor, at: datetime, limit: int = 20) -> list[BroadcastLine]:
    """What the actor received as one who works below a centre and may pass on, the newest first."""
    mine = Delivery.select(Delivery.notice).where(
        Delivery.volunteer == actor.volunteer_id, Delivery.kind.in_(KINDS), Delivery.state != "withdrawn"
    )
    query = _broadcasts().where(
        Notice.id.in_(mine), Broadcast.state.in_(("due", "sent")), Broadcast.who.in_(("officers", "leaders"))
    )
    managed = scopes.managed(actor=actor, at=at)
    return [_line(row, actor, managed, at) for row in query.order_by(Notice.id.desc()).limit(limit)]


def receivers(*, actor: Actor, notice_id: int, wanted: Wanted, at: datetime) -> Found[Receiver]:
    """Who a broadcast is for and what came of it. The words are a name; filters: state (or call: to be rung up,
    as `Progress.unreached` counts them), read (yes, no).

    Refusals: NOT_FOUND, NOT_ALLOWED (`reading.require_reader`).
    """
    broadcast(actor=actor, notice_id=notice_id, at=at)
    query = (
        Delivery.select(Delivery, Volunteer.id, Volunteer.name).join(Volunteer).where(Delivery.notice == notice_id)
    )
    state = wanted.chosen("state")
    if state == "call":
        query = query.where(
            Delivery.state.in_(NOT_REACHED), Delivery.read_at.is_null(), Delivery.held_until.is_null()
        )
    elif state:
        query = query.where(Delivery.state == state)
    if read := wanted.chosen("read"):
        query = query.where(Delivery.read_at.is_null(read == "no"))
    if wanted.text:
        query = query.where(Volunteer.name.contains(wanted.text))
    return cut(
        query, wanted=wanted, sorts={"name": Volunteer.name, "sent_at": Delivery.sent_at, "read_at": Delivery.read_at},
        default="name", tie=Delivery.id,
        row=lambda each: Receiver(
            each.id, each.volunteer.name, each.state, each.channel, each.sent_at, each.read_at,
            each.held_until is not None,
        ),
    )  # fmt: skip
