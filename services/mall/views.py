"""Redemptions as they are read: one's own, the desk's, the office's list."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from frozen import dataclass
from models import Redemption, Reward, Volunteer
from services import decisions, permissions, regions, scopes
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.listing import Found, Wanted, cut
from services.mall import handing
from services.mall.saying import grouped
from services.parts import Parts
from wording import say

C = RefusalCode
OTHERS = 20


@dataclass(frozen=True, slots=True)
class Mine:
    """One of my redemptions; `digits` and `pick_code` say the same, "" where it waits no more; `paper`: the station
    did it for me."""

    code: str
    reward: str
    title: str
    price: int
    place: str
    state: str
    word: str
    digits: str
    pick_code: str
    due_on: str
    created_at: datetime
    handed_at: datetime | None
    why: str
    paper: bool


@dataclass(frozen=True, slots=True)
class RedemptionLine:
    """A redemption in the office's list; `made_by` the officer who did it for somebody without a phone, or ""."""

    code: str
    name: str
    public_no: str
    title: str
    price: int
    station: str
    state: str
    word: str
    due_on: str
    created_at: datetime
    handed_at: datetime | None
    handed_by: str
    made_by: str
    why: str


@dataclass(frozen=True, slots=True)
class Other:
    """Another thing that waits for the same person at the same station."""

    code: str
    pick_code: str
    title: str


@dataclass(frozen=True, slots=True)
class Desk:
    """One redemption at the desk; `may` whether this officer may hand it over or take it back, `number` its id,
    `others` what he may hand over with it."""

    line: RedemptionLine
    place: str
    digits: str
    may: bool
    number: int
    others: list[Other]


def mine(*, parts: Parts, volunteer_id: int, limit: int = 50) -> list[Mine]:
    """A person's redemptions, those that wait first, then the newest."""
    rows = (
        Redemption.select(Redemption, Reward)
        .join(Reward)
        .where(Redemption.volunteer == volunteer_id)
        .order_by((Redemption.state == "waiting").desc(), Redemption.id.desc())
        .limit(limit)
    )
    return [_mine(parts, row) for row in rows]


def one_of_mine(*, parts: Parts, volunteer_id: int, code: str) -> Mine:
    """One of them. Refusal: NOT_FOUND."""
    row = (
        Redemption.select(Redemption, Reward)
        .join(Reward)
        .where(Redemption.volunteer == volunteer_id, Redemption.code == code)
        .first()
    )
    if row is None:
        raise Refusal(C.NOT_FOUND)
    return _mine(parts, row)


def _mine(parts: Parts, row: Redemption) -> Mine:
    waits = row.state == "waiting"
    return Mine(
        row.code, row.reward.code, row.title, row.price, row.place, row.state, say(f"mall.states.{row.state}"),
        grouped(row.digits) if waits else "", handing.pick_code(parts=parts, code=row.code) if waits else "",
        row.due_on, row.created_at, row.handed_at, row.ended_why, row.paper,
    )  # fmt: skip


def desk(*, parts: Parts, actor: Actor, code: str, at: datetime) -> Desk:
    """One redemption, for those who may look at its station's division. Refusals: NOT_FOUND, NOT_ALLOWED."""
    row = _rows().where(Redemption.code == code).first()
    if row is None:
        raise Refusal(C.NOT_FOUND)
    permissions.require_look(actor=actor, region_code=row.region_code, at=at)
    may = decisions.may_decide(actor=actor, region_code=row.region_code, parties=[row.volunteer_id], at=at)
    return Desk(
        _line(row, regions.path_names([row.region_code])), row.place, grouped(row.digits), may, row.id,
        _others(parts, row) if may else [],
    )  # fmt: skip


def _others(parts: Parts, row: Redemption) -> list[Other]:
    rows = Redemption.select().where(
        Redemption.volunteer == row.volunteer_id, Redemption.state == "waiting",
        Redemption.region_code == row.region_code, Redemption.id != row.id,
    )  # fmt: skip
    return [
        Other(each.code, handing.pick_code(parts=parts, code=each.code), each.title)
        for each in rows.order_by(Redemption.id).limit(OTHERS)
    ]


def _rows() -> Any:
    officer, maker = Volunteer.alias(), Volunteer.alias()
    return (
        Redemption.select(Redemption, Volunteer, officer, maker)
        .join(Volunteer, on=Redemption.volunteer)
        .switch(Redemption)
        .left_outer_join(officer, on=(Redemption.handed_by == officer.id), attr="officer")
        .switch(Redemption)
        .left_outer_join(maker, on=(Redemption.made_by == maker.id), attr="maker")
    )


def _line(row: Any, places: dict[str, str]) -> RedemptionLine:
    return RedemptionLine(
        row.code, row.volunteer.name, row.volunteer.public_no, row.title, row.price, places[row.region_code], row.state,
        say(f"mall.states.{row.state}"), row.due_on, row.created_at, row.handed_at,
        row.officer.name if row.handed_by_id is not None else "",
        row.maker.name if row.paper and row.made_by_id is not None else "", row.ended_why,
    )  # fmt: skip


def listed(*, actor: Actor, wanted: Wanted, at: datetime) -> Found[RedemptionLine]:
    """Redemptions of the stations the actor may look at, newest first; filters: state, region, paper, from, to.

    Refusal: NOT_ALLOWED to one who may look nowhere.
    """
    readable = scopes.readable(actor=actor, at=at)
    if not readable:
        raise Refusal(C.NOT_ALLOWED)
    query = _rows().where(scopes.within(Redemption.region_code, readable))
    if wanted.chosen("state"):
        query = query.where(Redemption.state == wanted.chosen("state"))
    if wanted.chosen("region"):
        query = query.where(scopes.within(Redemption.region_code, [wanted.chosen("region")]))
    if wanted.chosen("paper"):
        query = query.where(Redemption.paper == (wanted.chosen("paper") == "yes"))
    if wanted.text:
        digits = "".join(wanted.text.split())
        by_name = Volunteer.name.contains(wanted.text) | Redemption.title.contains(wanted.text)
        query = query.where(by_name | (Redemption.digits == digits))
    sorts = {"created": Redemption.id, "due": Redemption.due_on, "price": Redemption.price}
    page = cut(query, wanted=wanted, sorts=sorts, default="-created", tie=Redemption.id.desc(), row=lambda row: row)
    places = regions.path_names([row.region_code for row in page.rows])
    return Found([_line(row, places) for row in page.rows], page.total, page.page, page.size)
