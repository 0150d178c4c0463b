"""The catalogue as a volunteer sees it: what his own divisions and those above give, and whether it is for him now."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from clock import local_day
from frozen import dataclass
from models import Centre, Honour, Partner, Redemption, Reward, Volunteer
from queries import points as sql
from services import regions
from services.access import belonging
from services.assessment import rejoining
from services.errors import Refusal, RefusalCode
from services.lives import files
from services.parts import Parts
from services.policy import modules
from services.stars.standing import star_of

C = RefusalCode
MOST = 100
#: States in which a reward counts against a person's limit.
HAS = ("waiting", "handed")


@dataclass(frozen=True, slots=True)
class Offer:
    """A reward as somebody may have it; `obstacle` says why not now, a refusal's code and its facts, None where he may.

    `left` pieces, `limit` per person (0 = none), `mine` how many he has had, `until` the last day or "".
    """

    code: str
    title: str
    about: str
    giver: str
    price: int
    left: int
    stars: int
    honour: bool
    limit: int
    mine: int
    until: str
    place: str
    has_photo: bool
    obstacle: Refusal | None


@dataclass(frozen=True, slots=True)
class Shelf:
    """What is there for a person, and the points he has."""

    balance: int
    offers: list[Offer]


def places_of(person: Volunteer) -> list[str]:
    """The divisions whose rewards a person may have: those he belongs to, and all above them."""
    return sorted({code for place in belonging.divisions_of(person) for code in regions.lineage(place)})


def uses_mall(*, volunteer_id: int, at: datetime) -> bool:
    """Whether the division a person belongs to uses the mall."""
    person = Volunteer.get_by_id(volunteer_id)
    return modules.is_on(module="mall", region_code=belonging.divisions_of(person)[0], at=at)


def shelf(*, volunteer_id: int, at: datetime) -> Shelf:
    """What a person may have, the cheapest first. Refusal: MODULE_OFF where his division does not use the mall."""
    person = Volunteer.get_by_id(volunteer_id)
    modules.require(module="mall", region_code=belonging.divisions_of(person)[0], at=at)
    day = local_day(at).isoformat()
    rows = (
        Reward.select(Reward, Partner)
        .left_outer_join(Partner)
        .where(
            Reward.region_code.in_(places_of(person)), Reward.state == "open", Reward.from_on <= day,
            Reward.to_on.is_null() | (Reward.to_on >= day),
        )
        .order_by(Reward.price, Reward.id)
        .limit(MOST)
    )  # fmt: skip
    found = [row for row in rows if _on(row.region_code, at)]
    points = sql.balance(volunteer_id)
    return Shelf(points, _offers(found, volunteer_id, points, at))


def balance(*, volunteer_id: int) -> int:
    """The points a person has."""
    return sql.balance(volunteer_id)


def _on(region_code: str, at: datetime) -> bool:
    return modules.is_on(module="mall", region_code=region_code, at=at)


def offer(*, volunteer_id: int, code: str, at: datetime) -> Offer:
    """One reward that a person may see, also one that is over. Refusals: NOT_FOUND, MODULE_OFF."""
    reward = seen(volunteer_id=volunteer_id, code=code, at=at)
    return _offers([reward], volunteer_id, sql.balance(volunteer_id), at)[0]


def seen(*, volunteer_id: int, code: str, at: datetime) -> Reward:
    """A reward of one of a person's divisions. Refusals: NOT_FOUND, MODULE_OFF."""
    reward = Reward.get_or_none(Reward.code == code)
    person = Volunteer.get_by_id(volunteer_id)
    if reward is None or reward.region_code not in places_of(person):
        raise Refusal(C.NOT_FOUND)
    modules.require(module="mall", region_code=belonging.divisions_of(person)[0], at=at)
    modules.require(module="mall", region_code=reward.region_code, at=at)
    assert isinstance(reward, Reward)
    return reward


def photo(*, parts: Parts, volunteer_id: int, code: str, at: datetime) -> bytes:
    """The picture of a reward. Refusals: NOT_FOUND (also: it has none), MODULE_OFF."""
    reward = seen(volunteer_id=volunteer_id, code=code, at=at)
    if reward.photo_id is None:
        raise Refusal(C.NOT_FOUND)
    return files.opened(parts=parts, file_id=reward.photo_id)


def _offers(rows: list[Any], volunteer_id: int, balance: int, at: datetime) -> list[Offer]:
    had = counts(volunteer_id=volunteer_id, reward_ids=[row.id for row in rows])
    names = givers([row.region_code for row in rows])
    return [
        Offer(
            row.code, row.title, row.about, row.partner.name if row.partner_id else names[row.region_code], row.price,
            row.stock, row.stars, row.honour, row.per_person, had.get(row.id, 0), row.to_on or "", row.place,
            row.photo_id is not None,
            obstacle(row, volunteer_id=volunteer_id, balance=balance, had=had.get(row.id, 0), at=at),
        )
        for row in rows
    ]  # fmt: skip


def givers(codes: Collection[str]) -> dict[str, str]:
    """Who gives what a division offers: its centre or station, by name; the division where none is entered."""
    rows = Centre.select(Centre.region_code, Centre.name).where(Centre.region_code.in_(list(codes)))
    return regions.path_names(list(codes)) | {row.region_code: row.name for row in rows}


def counts(*, volunteer_id: int, reward_ids: Collection[int]) -> dict[int, int]:
    """How many of each reward a person has or waits for."""
    found: dict[int, int] = {}
    rows = Redemption.select(Redemption.reward).where(
        Redemption.volunteer == volunteer_id, Redemption.reward.in_(list(reward_ids)), Redemption.state.in_(HAS)
    )
    for row in rows:
        found[row.reward_id] = found.get(row.reward_id, 0) + 1
    return found


def obstacle(reward: Reward, *, volunteer_id: int, balance: int, had: int, at: datetime) -> Refusal | None:
    """Why a person cannot have a reward now: REWARD_CLOSED, REWARD_STARS, REWARD_HONOUR, REWARD_LIMIT, REWARD_GONE,
    POINTS_SHORT; None where he can."""
    day = local_day(at).isoformat()
    if reward.state != "open" or not reward.from_on <= day <= (reward.to_on or day):
        return Refusal(C.REWARD_CLOSED)
    if reward.stars and star_of(volunteer_id=volunteer_id) < reward.stars:
        return Refusal(C.REWARD_STARS, stars=reward.stars)
    if reward.honour and not has_honour(volunteer_id=volunteer_id):
        return Refusal(C.REWARD_HONOUR)
    if reward.per_person and had >= reward.per_person:
        return Refusal(C.REWARD_LIMIT, most=reward.per_person)
    if not reward.stock:
        return Refusal(C.REWARD_GONE)
    if balance < reward.price:
        return Refusal(C.POINTS_SHORT, price=reward.price, balance=balance)
    return None


def has_honour(*, volunteer_id: int) -> bool:
    """Whether a person has an honour that stands, also one of an entry that was merged into his."""
    his = Honour.volunteer.in_(rejoining.entries_of(volunteer_id))
    return bool(Honour.select().where(his, Honour.revoked_at.is_null()).exists())
