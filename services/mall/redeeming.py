"""Redeeming: points for a thing, in one write. Balance and stock are taken by guarded updates, the person's row first,
so that fifty taps at once spend what is there and no more; the same key is the same redemption, however often it comes.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from clock import local_day
from frozen import dataclass
from models import Redemption, Reward, Volunteer, store
from queries import books as sql
from queries import mall
from services import audit, rules
from services.access import belonging
from services.actors import Actor
from services.bookkeeping import expiry, points
from services.codes import new_code
from services.errors import Refusal, RefusalCode
from services.mall import catalogue
from services.mall.catalogue import Shelf
from services.mall.saying import day_words, grouped
from services.messaging import telling
from services.permissions import Verb
from wording import say

C = RefusalCode
#: Digits that are read out at the desk.
DIGITS = 8


def redeem(*, actor: Actor, reward_code: str, price: int, key: str, at: datetime) -> str:
    """Redeem a reward for oneself at the price one was shown; the redemption's code. `key`: the same one again is the
    same redemption.

    Refusals in order: NOT_REGISTERED, NOT_FOUND, MODULE_OFF, REWARD_CLOSED, REWARD_PRICE (fact `price`: what it costs
    now), REWARD_STARS, REWARD_HONOUR, REWARD_LIMIT, REWARD_GONE, POINTS_SHORT.
    """
    if actor.volunteer_id is None:
        raise Refusal(C.NOT_REGISTERED)
    who = actor.volunteer_id
    return store.write(lambda: _redeem(actor, who, reward_code, price, key, at, paper=False))


def redeem_for(*, actor: Actor, public_no: str, reward_code: str, price: int, key: str, at: datetime) -> str:
    """An officer redeems for somebody without a phone, who signs the printed slip; the redemption's code.

    Refusals in order: NOT_FOUND / NOT_ALLOWED (not his station), PROXY_GAINS (for himself), ACCOUNT_CLOSED, then those
    of `redeem`.
    """
    person = helped(actor=actor, public_no=public_no, at=at)

    def act() -> str:
        code = _redeem(actor, person.id, reward_code, price, key, at, paper=True)
        audit.note(
            actor=actor, verb="mall.for", subject=f"volunteer:{person.id}", detail={"redemption": code}, at=at
        )
        return code

    return store.write(act)


@dataclass(frozen=True, slots=True)
class For:
    """The person for whom an officer redeems, and what is there for him."""

    public_no: str
    name: str
    shelf: Shelf


def for_person(*, actor: Actor, public_no: str, at: datetime) -> For:
    """What an officer may redeem for somebody. Refusals: those of `helped`; MODULE_OFF."""
    person = helped(actor=actor, public_no=public_no, at=at)
    return For(person.public_no, person.name, catalogue.shelf(volunteer_id=person.id, at=at))


def helped(*, actor: Actor, public_no: str, at: datetime) -> Volunteer:
    """The person for whom an officer may redeem. Refusals: NOT_FOUND, NOT_ALLOWED, PROXY_GAINS, ACCOUNT_CLOSED."""
    person = belonging.seen_person(actor=actor, public_no=public_no, at=at)
    if not belonging.may(actor=actor, person=person, verb=Verb.MANAGE, at=at):
        raise Refusal(C.NOT_ALLOWED)
    if actor.volunteer_id in (None, person.id):
        raise Refusal(C.PROXY_GAINS)
    if person.state not in ("active", "invited"):
        raise Refusal(C.ACCOUNT_CLOSED)
    return person


def _redeem(actor: Actor, who: int, reward_code: str, price: int, key: str, at: datetime, *, paper: bool) -> str:
    points.hold(who)  # from here on nobody else spends this person's points
    idem_key = f"{who}:{key}"
    before = Redemption.get_or_none(Redemption.idem_key == idem_key)
    if before is not None:
        return str(before.code)
    expiry.of_person(volunteer_id=who, at=at)
    reward = catalogue.seen(volunteer_id=who, code=reward_code, at=at)
    _allowed(reward, who, price, at)
    made = _write_down(actor, reward, who, idem_key, at, paper=paper)
    entry = sql.Entry(
        who, reward.price, "redemption", None, None, made.region_code, local_day(at).isoformat(), None,
        f"redeem:{made.id}", None, actor.volunteer_id, say("points.why.redemption", title=made.title),
        redemption_id=made.id,
    )  # fmt: skip
    left = points.spend(entry, at=at)
    if left is None:
        raise Refusal(C.POINTS_SHORT, price=reward.price, balance=points.balance(who))
    if not mall.take(reward_id=reward.id, price=reward.price):
        raise Refusal(C.REWARD_GONE)
    telling.tell(
        kind="redeemed", people=[who], key=str(made.id), at=at, url=f"/m/mall/mine/{made.code}", title=made.title,
        points=made.price, left=left, place=made.place, digits=grouped(made.digits), until=day_words(made.due_on),
    )  # fmt: skip
    return str(made.code)


def _allowed(reward: Reward, who: int, price: int, at: datetime) -> None:
    had = catalogue.counts(volunteer_id=who, reward_ids=[reward.id]).get(reward.id, 0)
    found = catalogue.obstacle(reward, volunteer_id=who, balance=points.balance(who), had=had, at=at)
    if found is not None and found.code is C.REWARD_CLOSED:
        raise found
    if price != reward.price:
        raise Refusal(C.REWARD_PRICE, title=reward.title, price=reward.price)
    if found is not None:
        raise found


def _write_down(actor: Actor, reward: Reward, who: int, key: str, at: datetime, *, paper: bool) -> Redemption:
    days = int(rules.rule("mall", reward.region_code, at).params["pick_days"])
    made = Redemption.create(
        code=new_code(10), digits=_digits(), reward=reward, volunteer=who, region_code=reward.place_region,
        title=reward.title, price=reward.price, place=reward.place, state="waiting", door=actor.door, paper=paper,
        made_by=actor.volunteer_id, idem_key=key, due_on=(local_day(at) + timedelta(days=days)).isoformat(),
        created_at=at,
    )  # fmt: skip
    assert isinstance(made, Redemption)
    return made


def _digits() -> str:
    """Eight digits nobody else has: of a hundred million, a second try is rare."""
    while True:
        found = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
        if not Redemption.select(Redemption.id).where(Redemption.digits == found).exists():
            return found

