"""Points for things: what there is, redeeming it, my redemptions; the station's hand-over."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from apiflask import APIBlueprint
from flask import g, request
from pydantic import Field, StringConstraints

import clock
from handlers import parts
from handlers.api.schemas import Answer, Body, Moment
from handlers.auth import me_id, need_volunteer, opened_by_code
from handlers.errors import sentence
from handlers.idempotency import idempotent
from handlers.pictures import jpeg
from services.codes import new_token
from services.mall import catalogue, handing, redeeming, views
from services.mall.catalogue import Offer
from wording import say

bp = APIBlueprint("mall", __name__, tag="Points for things")


class OfferOut(Answer):
    """A reward; `obstacle` why I cannot have it now (a refusal's code, "" where I can), `says` the same in Chinese."""

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
    obstacle: str
    says: str


class ShelfOut(Answer):
    """My points and what there is, the cheapest first; `spirit` is to be shown beside it."""

    balance: int
    spirit: str
    offers: list[OfferOut]


class RedeemIn(Body):
    """The price I was shown: if it changed meanwhile, nothing is spent (409 `reward_price`)."""

    price: Annotated[int, Field(ge=1, le=1_000_000)]


class RedemptionOut(Answer):
    """A redemption; state waiting, handed, cancelled, returned, refunded. `digits` and `pick_url` (to be drawn as a QR)
    are shown at the station, "" where it waits no more. `paper`: the station did it for me."""

    code: str
    reward: str
    title: str
    price: int
    place: str
    state: str
    word: str
    digits: str
    pick_url: str
    due_on: str
    created_at: Moment
    handed_at: Moment | None
    why: str
    paper: bool


class RedemptionsOut(Answer):
    """Mine: those that wait first."""

    redemptions: list[RedemptionOut]


class PickIn(Body):
    """What was scanned, or the eight digits."""

    shown: Annotated[str, StringConstraints(min_length=1, max_length=200)]


class PickOut(Answer):
    """Whose it is and what; `may`: whether I may hand it over."""

    code: str
    name: str
    title: str
    state: str
    word: str
    due_on: str
    place: str
    may: bool


def _offer(each: Offer) -> dict[str, Any]:
    shown = {name: getattr(each, name) for name in OfferOut.model_fields if name not in ("obstacle", "says")}
    no = each.obstacle
    return {**shown, "obstacle": no.code.value if no else "", "says": sentence(no) if no else ""}


def _mine(each: views.Mine) -> dict[str, Any]:
    url = f"{parts().public_url}/g/{each.pick_code}" if each.pick_code else ""
    return {**asdict(each), "pick_url": url}


@bp.get("/rewards")
@need_volunteer("api")
@bp.output(ShelfOut)
@bp.doc(summary="What I may have for points", responses=[401, 403, 404], security="token")
def shelf() -> Any:
    """404 `module_off` where my division does not use the mall."""
    found = catalogue.shelf(volunteer_id=me_id(), at=clock.now())
    return {"balance": found.balance, "spirit": say("mall.spirit"), "offers": [_offer(each) for each in found.offers]}


@bp.get("/rewards/<code>")
@need_volunteer("api")
@bp.output(OfferOut)
@bp.doc(summary="One reward", responses=[401, 403, 404], security="token")
def offer(code: str) -> Any:
    """Also one that is over."""
    return _offer(catalogue.offer(volunteer_id=me_id(), code=code, at=clock.now()))


@bp.get("/rewards/<code>/photo")
@need_volunteer("api")
@bp.doc(summary="A reward's photo (JPEG)", responses=[401, 403, 404, 503], security="token")
def photo(code: str) -> Any:
    """404 where it has none."""
    return jpeg(catalogue.photo(parts=parts(), volunteer_id=me_id(), code=code, at=clock.now()), "reward")


@bp.post("/rewards/<code>/redeem")
@need_volunteer("api")
@bp.input(RedeemIn)
@bp.output(RedemptionOut)
@bp.doc(summary="Redeem a reward", responses=[400, 401, 403, 404, 409, 422], security="token")
@idempotent
def redeem(code: str, json_data: RedeemIn) -> Any:
    """One write: points and piece, or nothing. The same Idempotency-Key is the same redemption."""
    key = request.headers.get("Idempotency-Key", "") or new_token()
    made = redeeming.redeem(actor=g.actor, reward_code=code, price=json_data.price, key=key, at=clock.now())
    return _mine(views.one_of_mine(parts=parts(), volunteer_id=me_id(), code=made))


@bp.get("/me/redemptions")
@need_volunteer("api")
@bp.output(RedemptionsOut)
@bp.doc(summary="My redemptions", responses=[401, 403], security="token")
def mine() -> Any:
    """Those that wait first, then the newest."""
    return {"redemptions": [_mine(each) for each in views.mine(parts=parts(), volunteer_id=me_id())]}


@bp.post("/me/redemptions/<code>/cancel")
@need_volunteer("api")
@bp.output(RedemptionOut)
@bp.doc(summary="Give up what I have not picked up", responses=[401, 403, 404, 409], security="token")
@idempotent
def cancel(code: str) -> Any:
    """Points and piece go back."""
    handing.cancel(actor=g.actor, code=code, at=clock.now())
    return _mine(views.one_of_mine(parts=parts(), volunteer_id=me_id(), code=code))


def _pick(code: str) -> dict[str, Any]:
    shown = views.desk(parts=parts(), actor=g.actor, code=code, at=clock.now())
    return {**asdict(shown.line), "place": shown.place, "may": shown.may}


@bp.post("/pickups")
@need_volunteer("api")
@bp.input(PickIn)
@bp.output(PickOut)
@bp.doc(summary="What a shown code stands for (station)", responses=[400, 401, 403, 404, 429], security="token")
@idempotent
def look(json_data: PickIn) -> Any:
    """For those who manage the station where it is picked up."""
    with opened_by_code("api"):
        found, _ = handing.found(parts=parts(), actor=g.actor, shown=json_data.shown, at=clock.now())
    return _pick(found)


@bp.post("/pickups/<code>/hand")
@need_volunteer("api")
@bp.output(PickOut)
@bp.doc(summary="Hand it over (station)", responses=[401, 403, 404, 409], security="token")
@idempotent
def hand(code: str) -> Any:
    """Once; never to oneself."""
    handing.hand(actor=g.actor, code=code, at=clock.now())
    return _pick(code)
