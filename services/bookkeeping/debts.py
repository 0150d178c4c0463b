"""Debts of points: a correction after spending takes what is no longer there. Never silently: marked, told, and cleared
by what the person earns next (design §6.9). A balance is below zero exactly as long as a debt is open.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from frozen import dataclass
from models import Balance, PointDebt, Volunteer
from services import regions, scopes
from services.actors import Actor
from services.errors import Refusal, RefusalCode
from services.listing import Found, Wanted, cut
from services.messaging import telling
from wording import say


@dataclass(frozen=True, slots=True)
class DebtLine:
    """A debt in the office's list; `owed` is what is missing now, 0 once it is cleared, `points` the most it was."""

    public_no: str
    name: str
    place: str
    points: int
    owed: int
    reason: str
    since: datetime
    cleared_at: datetime | None


def follow(*, volunteer_id: int, before: int, balance: int, reason: str, at: datetime) -> None:
    """Open, deepen or clear a person's debt after a balance moved from `before`; inside the same write."""
    if balance < 0 and balance < before:
        _owes(volunteer_id, -balance, reason, at)
    elif before < 0 <= balance:
        _clear(volunteer_id, at)


def settle(*, people: Iterable[int], at: datetime) -> None:
    """Bring debts in line with balances after a merger; inside the same write. Entry by entry a balance may fall below
    zero on the way, what counts is how each ends."""
    for volunteer_id in people:
        balance = Balance.get_or_none(Balance.volunteer == volunteer_id)
        if balance is not None and balance.points < 0:
            _owes(volunteer_id, -int(balance.points), say("points.why.merged"), at)
        else:
            _clear(volunteer_id, at)


def _owes(volunteer_id: int, points: int, reason: str, at: datetime) -> None:
    found = PointDebt.get_or_none(PointDebt.volunteer == volunteer_id, PointDebt.cleared_at.is_null())
    if found is not None:
        PointDebt.update(points=max(points, found.points)).where(PointDebt.id == found.id).execute()
        return
    made = PointDebt.create(
        volunteer=volunteer_id, points=points, reason=reason, since=at,
        region_code=Volunteer.select(Volunteer.region_code).where(Volunteer.id == volunteer_id).scalar(),
    )  # fmt: skip
    telling.tell(kind="points_debt", people=[volunteer_id], key=str(made.id), at=at, url="/m/points", points=points)


def _clear(volunteer_id: int, at: datetime) -> None:
    PointDebt.update(cleared_at=at).where(
        PointDebt.volunteer == volunteer_id, PointDebt.cleared_at.is_null()
    ).execute()


def listed(*, actor: Actor, wanted: Wanted, at: datetime) -> Found[DebtLine]:
    """Debts of the divisions the actor may look at, open ones first; filters: state (open, cleared), region.

    Refusal: NOT_ALLOWED to one who may look nowhere.
    """
    readable = scopes.readable(actor=actor, at=at)
    if not readable:
        raise Refusal(RefusalCode.NOT_ALLOWED)
    query = (
        PointDebt.select(PointDebt, Volunteer, Balance)
        .join(Volunteer)
        .join(Balance, on=(Balance.volunteer == Volunteer.id), attr="book")
        .where(scopes.within(PointDebt.region_code, readable))
    )
    if wanted.chosen("state"):
        query = query.where(PointDebt.cleared_at.is_null(wanted.chosen("state") == "open"))
    if wanted.chosen("region"):
        query = query.where(scopes.within(PointDebt.region_code, [wanted.chosen("region")]))
    if wanted.text:
        query = query.where(Volunteer.name.contains(wanted.text) | (Volunteer.public_no == wanted.text))
    sorts = {"since": PointDebt.id, "points": PointDebt.points}
    page = cut(query, wanted=wanted, sorts=sorts, default="-since", tie=PointDebt.id, row=lambda row: row)
    places = regions.path_names([row.region_code for row in page.rows])
    lines = [
        DebtLine(
            row.volunteer.public_no, row.volunteer.name, places[row.region_code], row.points,
            0 if row.cleared_at else max(0, -int(row.volunteer.book.points)), row.reason, row.since, row.cleared_at,
        )
        for row in page.rows
    ]  # fmt: skip
    return Found(lines, page.total, page.page, page.size)
