"""The mall on the phone: what there is, redeeming it, my pick-up codes; the station's phone that scans one."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import g, render_template
from flask.typing import ResponseReturnValue

import clock
from handlers import parts
from handlers.auth import me_id, need_volunteer, opened_by_code
from handlers.errors import sentence, status_of
from handlers.pages.browser import field, known_form, redirected
from handlers.pages.home import done
from handlers.pictures import jpeg
from handlers.qr import svg_uri
from services.codes import new_token
from services.errors import Refusal, RefusalCode
from services.mall import catalogue, handing, redeeming, views
from wording import say

bp = APIBlueprint("mall", __name__, enable_openapi=False)

C = RefusalCode
ELSEWHERE = {C.NOT_FOUND, C.MODULE_OFF, C.ACCOUNT_CLOSED, C.NOT_REGISTERED}


@bp.get("/m/mall")
@need_volunteer("h5")
def shelf() -> ResponseReturnValue:
    """What I may have, and what waits for me."""
    at = clock.now()
    mine = views.mine(parts=parts(), volunteer_id=me_id())
    found = catalogue.shelf(volunteer_id=me_id(), at=at)
    offers = [(each, sentence(each.obstacle) if each.obstacle else "") for each in found.offers]
    return render_template(
        "pages/mall/shelf.html", tab="me", balance=found.balance, offers=offers, spirit=say("mall.spirit"),
        waiting=[each for each in mine if each.state == "waiting"],
    )  # fmt: skip


@bp.get("/m/mall/<code>")
@need_volunteer("h5")
def offer(code: str) -> ResponseReturnValue:
    """One reward."""
    return _offer(known_form(code))


def _offer(code: str, refusal: Refusal | None = None) -> ResponseReturnValue:
    at = clock.now()
    shown = catalogue.offer(volunteer_id=me_id(), code=code, at=at)
    page = render_template(
        "pages/mall/offer.html", tab="me", offer=shown, key=new_token(), spirit=say("mall.spirit"),
        balance=catalogue.balance(volunteer_id=me_id()), why=sentence(shown.obstacle) if shown.obstacle else "",
        problem=sentence(refusal) if refusal else "",
    )  # fmt: skip
    return (page, status_of(refusal.code)) if refusal else page


@bp.post("/m/mall/<code>")
@need_volunteer("h5")
def redeem(code: str) -> ResponseReturnValue:
    """Redeem it at the price that was shown; the form sent twice is one redemption."""
    code, price = known_form(code), field("price", 9)
    try:
        made = redeeming.redeem(
            actor=g.actor, reward_code=code, price=int(price) if price.isascii() and price.isdigit() else 0,
            key=field("key", 60) or new_token(), at=clock.now(),
        )  # fmt: skip
    except Refusal as refusal:
        if refusal.code in ELSEWHERE:
            raise
        return _offer(code, refusal)
    return redirected(f"/m/mall/mine/{made}?done=saved")


@bp.get("/m/mall/<code>/photo")
@need_volunteer("h5")
def photo(code: str) -> ResponseReturnValue:
    """Its photo."""
    body = catalogue.photo(parts=parts(), volunteer_id=me_id(), code=known_form(code), at=clock.now())
    return jpeg(body, "reward")


@bp.get("/m/mall/mine")
@need_volunteer("h5")
def mine() -> ResponseReturnValue:
    """My redemptions; also where the mall was closed since."""
    return render_template(
        "pages/mall/mine.html", tab="me", mine=views.mine(parts=parts(), volunteer_id=me_id()), done=done()
    )


@bp.get("/m/mall/mine/<code>")
@need_volunteer("h5")
def one(code: str) -> ResponseReturnValue:
    """One of them, with the code to show at the station."""
    return _one(known_form(code))


def _one(code: str, refusal: Refusal | None = None) -> ResponseReturnValue:
    shown = views.one_of_mine(parts=parts(), volunteer_id=me_id(), code=code)
    picture = svg_uri(f"{parts().public_url}/g/{shown.pick_code}") if shown.pick_code else ""
    page = render_template(
        "pages/mall/one.html", tab="me", shown=shown, picture=picture, done=done(),
        problem=sentence(refusal) if refusal else "",
    )  # fmt: skip
    return (page, status_of(refusal.code)) if refusal else page


@bp.post("/m/mall/mine/<code>")
@need_volunteer("h5")
def cancel(code: str) -> ResponseReturnValue:
    """Give it up: the points come back."""
    code = known_form(code)
    try:
        handing.cancel(actor=g.actor, code=code, at=clock.now())
    except Refusal as refusal:
        if refusal.code in ELSEWHERE:
            raise
        return _one(code, refusal)
    return redirected("/m/mall/mine?done=cancelled")


@bp.get("/g/<code>")
@need_volunteer("h5")
def scanned(code: str) -> ResponseReturnValue:
    """The station's phone has scanned it; its owner's own comes to his page."""
    return _scanned(known_form(code))


def _scanned(code: str, refusal: Refusal | None = None) -> ResponseReturnValue:
    at = clock.now()
    with opened_by_code("h5"):
        found, own = handing.found(parts=parts(), actor=g.actor, shown=code, at=at)
    if own:
        return redirected(f"/m/mall/mine/{found}")
    shown = views.desk(parts=parts(), actor=g.actor, code=found, at=at)
    page = render_template(
        "pages/mall/scanned.html", tab="home", shown=shown, line=shown.line, code=code, done=done(),
        problem=sentence(refusal) if refusal else "",
    )  # fmt: skip
    return (page, status_of(refusal.code)) if refusal else page


@bp.post("/g/<code>")
@need_volunteer("h5")
def hand(code: str) -> ResponseReturnValue:
    """Hand it over."""
    code, at = known_form(code), clock.now()
    with opened_by_code("h5"):
        found, _ = handing.found(parts=parts(), actor=g.actor, shown=code, at=at)
    try:
        handing.hand(actor=g.actor, code=found, at=at)
    except Refusal as refusal:
        if refusal.code in ELSEWHERE:
            raise
        return _scanned(code, refusal)
    return redirected(f"/g/{code}?done=saved")
