"""What the console shows of the outbox, for those who look at a division.

Only reads. They see the deliveries of teams in their divisions, nobody else's.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Any

from peewee import JOIN, fn

from frozen import dataclass
from models import ApiPause, Broadcast, Delivery, DeliveryTry, Notice, Team, Volunteer
from services import scopes
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.listing import Found, Wanted, cut
from services.messaging import catalogue
from services.regions import PROVINCE

#: How many ids one statement names: SQLite takes 32,766 values, an Excel file holds more rows.
CHUNK = 10_000


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
    """Deliveries by state, and what rests. `oldest_due`: since when something should be out."""

    counts: dict[str, int]
    pauses: list[PauseLine]
    oldest_due: datetime | None


def outbox(*, actor: Actor, name: str = "", at: datetime) -> OutboxView:
    """The outbox of the divisions he may look at; `name` counts those to people of this name alone.

    Refusals: NOT_ALLOWED (may look nowhere).
    """
    joined = _deliveries(actor, name, at)
    numbers = joined.select(Delivery.state, fn.COUNT(Delivery.id)).group_by(Delivery.state)
    late = joined.select(fn.MIN(Delivery.due_at)).where(Delivery.state == "queued", Delivery.due_at <= at)
    return OutboxView(
        counts={row[0]: row[1] for row in _tuples(numbers)},
        pauses=[
            PauseLine(row.api, row.until, row.reason)
            for row in ApiPause.select().where(ApiPause.until > at).order_by(ApiPause.api)
        ],
        oldest_due=late.scalar(),
    )


def deliveries(*, actor: Actor, wanted: Wanted, at: datetime) -> Found[DeliveryLine]:
    """The messages of the divisions he may look at, newest first. The words are a name; filters: state, way, group.

    Refusals: NOT_ALLOWED (may look nowhere).
    """
    query = (
        _deliveries(actor, wanted.text, at)
        .select(Delivery, Notice.id, Notice.team, Team.id, Team.short_name, Volunteer.id, Volunteer.name)
        .switch(Delivery)
        .join(Volunteer)
    )
    if state := wanted.chosen("state"):
        query = query.where(Delivery.state == state)
    if way := wanted.chosen("way"):
        query = query.where(Delivery.channel == way)
    if group := wanted.chosen("group"):
        kinds = [name for name, line in catalogue.kinds().items() if line.group == group]
        query = query.where(Delivery.kind.in_(kinds))
    found = cut(
        query, wanted=wanted, sorts={"at": Delivery.id}, default="-at", tie=Delivery.id, row=lambda each: each
    )
    tries = _tries([row.id for row in found.rows])
    return Found([_delivery(row, tries[row.id]) for row in found.rows], found.total, found.page, found.size)


def _deliveries(actor: Actor, name: str, at: datetime) -> Any:
    areas = scopes.readable(actor=actor, at=at)
    if not areas:
        raise Refusal(RefusalCode.NOT_ALLOWED)
    joined = Delivery.select().join(Notice).join(Team, JOIN.LEFT_OUTER)
    # What goes beyond one team belongs to a division; there are few of them.
    wide = Broadcast.select(Broadcast.notice).where(
        Broadcast.whole == "area", scopes.within(Broadcast.region_code, areas)
    )
    inside = scopes.within(Team.region_code, areas)
    if all(len(code) > len(PROVINCE) for code in areas):
        # A county starts from its own notices and puts their messages in order; gone through by number, the messages
        # of the whole province would be looked at for its last page. A whole province is most of them: by number.
        joined = joined.where(Delivery.notice.in_(Notice.select(Notice.id).join(Team).where(inside) | wide))
    else:
        joined = joined.where(inside | Notice.id.in_(wide))
    if name:
        people = Volunteer.select(Volunteer.id).where(Volunteer.name.contains(name))
        joined = joined.where(Delivery.volunteer.in_(people))
    return joined


def _delivery(row: Any, tries: list[TryLine]) -> DeliveryLine:
    team = row.notice.team.short_name if row.notice.team_id else ""
    return DeliveryLine(
        row.id, row.kind, row.title, row.volunteer.name, team, row.state, row.channel, row.due_at, row.sent_at, tries
    )


def _tuples(query: Any) -> list[tuple[Any, ...]]:
    return list(query.tuples())


def tries_of(delivery_id: int) -> list[TryLine]:
    """What was tried for one message, the first try first."""
    return _tries([delivery_id])[delivery_id]


def _tries(ids: list[int]) -> dict[int, list[TryLine]]:
    found: dict[int, list[TryLine]] = defaultdict(list)
    for start in range(0, len(ids), CHUNK):
        some = DeliveryTry.delivery.in_(ids[start : start + CHUNK])
        for row in DeliveryTry.select().where(some).order_by(DeliveryTry.id):
            found[row.delivery_id].append(TryLine(row.channel, row.outcome, row.errcode, row.at))
    return found
