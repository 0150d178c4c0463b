"""What the console shows of messages: a leader's broadcasts, and the outbox for those who look at a division.

Only reads. They see the deliveries of teams in their divisions, nobody else's.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from peewee import fn

from models import ApiPause, Delivery, DeliveryTry, Notice, Team, Volunteer
from services import leading, permissions, scopes
from services.actors import Actor
from services.errors import Refusal, RefusalCode

NEWEST = 40
BROADCASTS = 20


@dataclass(frozen=True, slots=True)
class TryLine:
    """One try on one channel and what WeChat said."""

    channel: str
    outcome: str
    errcode: int | None
    at: datetime


@dataclass(frozen=True, slots=True)
class DeliveryLine:
    """One message to one person, with its tries."""

    id: int
    kind: str
    title: str
    name: str
    team: str
    state: str
    channel: str
    due_at: datetime
    sent_at: datetime | None
    tries: list[TryLine]


@dataclass(frozen=True, slots=True)
class PauseLine:
    """A channel or an account that rests."""

    api: str
    until: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class OutboxView:
    """Deliveries by state, the newest of them, and what rests. `oldest_due`: since when something should be out."""

    counts: dict[str, int]
    lines: list[DeliveryLine]
    pauses: list[PauseLine]
    oldest_due: datetime | None


@dataclass(frozen=True, slots=True)
class BroadcastLine:
    """A broadcast of a team: `state` is draft, sent or stopped."""

    id: int
    team: str
    text: str
    state: str
    sender: str
    recipients: int
    created_at: datetime
    mine: bool


def outbox(*, actor: Actor, state: str = "", name: str = "", at: datetime) -> OutboxView:
    """The outbox of the divisions he may look at; `state` shows only one kind, `name` those to people of this name.

    NOT_ALLOWED for everybody else.
    """
    areas = scopes.readable(actor=actor, at=at)
    if not areas:
        raise Refusal(RefusalCode.NOT_ALLOWED)
    joined = Delivery.select().join(Notice).join(Team).where(scopes.within(Team.region_code, areas))
    if name:
        people = Volunteer.select(Volunteer.id).where(Volunteer.name.contains(name))
        joined = joined.where(Delivery.volunteer.in_(people))
    numbers = joined.select(Delivery.state, fn.COUNT(Delivery.id)).group_by(Delivery.state)
    newest = (
        joined.select(
            Delivery, Notice.id, Notice.team, Team.id, Team.short_name, Volunteer.id, Volunteer.name
        )
        .switch(Delivery)
        .join(Volunteer)
        .order_by(Delivery.id.desc())
        .limit(NEWEST)
    )
    if state:
        newest = newest.where(Delivery.state == state)
    rows: list[Any] = list(newest)
    tries = _tries([row.id for row in rows])
    late = joined.select(fn.MIN(Delivery.due_at)).where(Delivery.state == "queued", Delivery.due_at <= at)
    return OutboxView(
        counts={row[0]: row[1] for row in _tuples(numbers)},
        lines=[
            DeliveryLine(
                row.id, row.kind, row.title, row.volunteer.name, row.notice.team.short_name, row.state, row.channel,
                row.due_at, row.sent_at, tries[row.id],
            )
            for row in rows
        ],
        pauses=[
            PauseLine(row.api, row.until, row.reason)
            for row in ApiPause.select().where(ApiPause.until > at).order_by(ApiPause.api)
        ],
        oldest_due=late.scalar(),
    )  # fmt: skip


def _tuples(query: Any) -> list[tuple[Any, ...]]:
    return list(query.tuples())


def _tries(ids: list[int]) -> dict[int, list[TryLine]]:
    found: dict[int, list[TryLine]] = defaultdict(list)
    for row in DeliveryTry.select().where(DeliveryTry.delivery.in_(ids)).order_by(DeliveryTry.id):
        found[row.delivery_id].append(TryLine(row.channel, row.outcome, row.errcode, row.at))
    return found


def _line(notice: Any, actor: Actor) -> BroadcastLine:
    return BroadcastLine(
        notice.id, notice.team.short_name, notice.text, notice.state, notice.sender.name, notice.recipients,
        notice.created_at, notice.sender_id == actor.volunteer_id,
    )  # fmt: skip


def _broadcasts() -> Any:
    return (
        Notice.select(Notice, Team.id, Team.short_name, Volunteer.id, Volunteer.name)
        .join(Team)
        .switch(Notice)
        .join(Volunteer, on=Notice.sender)
        .where(Notice.kind == "broadcast")
    )


def broadcasts(*, actor: Actor, at: datetime) -> list[BroadcastLine]:
    """The newest broadcasts to the teams he leads, drafts of others left out."""
    query = (
        _broadcasts()
        .where(leading.led(actor=actor, at=at), Notice.state != "draft")
        .order_by(Notice.id.desc())
        .limit(BROADCASTS)
    )
    return [_line(notice, actor) for notice in query]


def broadcast(*, actor: Actor, notice_id: int, at: datetime) -> BroadcastLine:
    """One broadcast, for its sender and those who lead its team. Refusals: NOT_FOUND, NOT_ALLOWED."""
    notice = _broadcasts().where(Notice.id == notice_id).first()
    if notice is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    if notice.sender_id != actor.volunteer_id:
        permissions.require_lead(actor=actor, team_id=notice.team_id, at=at)
    return _line(notice, actor)
