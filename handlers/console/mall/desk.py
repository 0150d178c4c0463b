"""The desk: a code scanned or typed, handing over, taking back; redeeming for somebody without a phone, his slip."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from apiflask import APIBlueprint
from flask import request
from flask.typing import ResponseReturnValue

import clock
from handlers import parts
from handlers.auth import opened_by_code
from handlers.console.frame import actor, attempt, back, need_role, number, pdf, render, said, words_of
from handlers.console.lists import Choice, Column, Link, Mark, Sheet, answer
from handlers.console.mall.rewards import area
from handlers.console.story import steps
from handlers.errors import sentence
from handlers.pages.browser import field, known_form
from handlers.pages.format import FILTERS
from services import scopes
from services.codes import new_token
from services.errors import Refusal, RefusalCode
from services.mall import handing, redeeming, slips, views
from services.mall.views import RedemptionLine
from wording import entry, say

bp = APIBlueprint("console_mall_desk", __name__, enable_openapi=False)

PATH = "/console/mall/redemptions"
COLUMNS = (
    Column("name", "姓名"), Column("title", "礼品"), Column("price", "用了（分）", sort=True, figure=True),
    Column("station", "在哪里领"), Column("state", "状态"), Column("created", "兑换", sort=True, whole=True),
    Column("due", "最晚领取", sort=True, whole=True), Column("handed", "领走", whole=True), Column("by", "谁发的"),
    Column("paper", "谁代办的"), Column("why", "说明"),
)  # fmt: skip
TONES = {"waiting": "wait", "handed": "ok", "cancelled": "", "returned": "bad", "refunded": "bad"}
LONGEST = 200


def _cells(line: RedemptionLine) -> Mapping[str, Any]:
    return {
        "name": Link(line.name, f"{PATH}/{line.code}"), "title": line.title, "price": line.price,
        "station": line.station, "state": Mark(line.word, TONES[line.state]),
        "created": FILTERS["as_day"](line.created_at), "due": line.due_on,
        "handed": FILTERS["as_day"](line.handed_at) if line.handed_at else "", "by": line.handed_by,
        "paper": line.made_by, "why": line.why,
    }  # fmt: skip


@bp.get("/mall/redemptions")
@need_role
def listed() -> ResponseReturnValue:
    """What was redeemed."""
    at = clock.now()
    sheet = Sheet(
        "兑换记录", COLUMNS, search="姓名、礼品、领取码", empty="还没有人兑换。",
        choices=(
            area(), Choice("state", "状态", list(entry("mall.states").items())),
            Choice("paper", "谁换的", [("no", "本人"), ("yes", "代办")]),
        ),
    )  # fmt: skip
    return answer(sheet, lambda wanted: views.listed(actor=actor(), wanted=wanted, at=at), _cells, tab="manage")


@bp.route("/mall/desk", methods=["GET", "POST"])
@need_role
def desk() -> ResponseReturnValue:
    """A code, scanned or typed; or the number of somebody without a phone."""
    at = clock.now()
    if not scopes.managed(actor=actor(), at=at):
        raise Refusal(RefusalCode.NOT_ALLOWED)
    if request.method == "POST" and field("person", 20):
        return back(f"/console/people/{known_form(field('person', 20))}/mall")
    refusal, found = None, ""
    if request.method == "POST":
        try:
            with opened_by_code("console"):
                found, _ = handing.found(parts=parts(), actor=actor(), shown=field("code", LONGEST), at=at)
        except Refusal as no:  # also one of another station: the desk stays open for the next
            refusal = no
    if found:
        return back(f"{PATH}/{found}")
    nothing = (RefusalCode.NOT_FOUND, RefusalCode.CODE_FORGED)
    problem = sentence(refusal) if refusal and refusal.code not in nothing else ""
    body = render(
        "mall/desk", tab="manage", code=field("code", LONGEST), problem=problem, unknown=bool(refusal and not problem)
    )
    return said(body, refusal)


@bp.get("/mall/redemptions/<code>")
@need_role
def one(code: str) -> ResponseReturnValue:
    """One redemption."""
    return _one(known_form(code))


def _one(code: str, refusal: Refusal | None = None) -> ResponseReturnValue:
    shown = views.desk(parts=parts(), actor=actor(), code=code, at=clock.now())
    body = render(
        "mall/redemption", tab="manage", shown=shown, line=shown.line, tone=TONES[shown.line.state],
        problem=words_of(refusal), past=steps("redemption", shown.number), reason=field("reason", LONGEST),
    )  # fmt: skip
    return said(body, refusal)


@bp.post("/mall/redemptions/<code>")
@need_role
def act(code: str) -> ResponseReturnValue:
    """Hand it over, or take it back."""
    code, at = known_form(code), clock.now()
    acts: dict[str, Any] = {
        "hand": lambda: handing.hand(actor=actor(), code=code, at=at),
        "back": lambda: handing.take_back(
            actor=actor(), code=code, reason=field("reason", LONGEST), restock=bool(field("restock", 2)), at=at
        ),
    }
    chosen = acts.get(field("act", 10))
    if chosen is None:
        raise Refusal(RefusalCode.BAD_REQUEST, why="act")
    refusal = attempt(chosen)
    return _one(code, refusal) if refusal else back(f"{PATH}/{code}", "saved")


@bp.get("/mall/redemptions/<code>/slip")
@need_role
def slip(code: str) -> ResponseReturnValue:
    """The slip to print and to sign."""
    return pdf(slips.slip(parts=parts(), actor=actor(), code=known_form(code), at=clock.now()), "slip.pdf")


@bp.get("/people/<public_no>/mall")
@need_role
def for_person(public_no: str) -> ResponseReturnValue:
    """What somebody without a phone may have."""
    return _for(known_form(public_no))


def _for(public_no: str, refusal: Refusal | None = None) -> ResponseReturnValue:
    found = redeeming.for_person(actor=actor(), public_no=public_no, at=clock.now())
    offers = [(each, sentence(each.obstacle) if each.obstacle else "") for each in found.shelf.offers]
    body = render(
        "mall/for", tab="manage", person=found, offers=offers, key=new_token(), problem=words_of(refusal),
        spirit=say("mall.spirit"),
    )  # fmt: skip
    return said(body, refusal)


@bp.post("/people/<public_no>/mall")
@need_role
def redeem_for(public_no: str) -> ResponseReturnValue:
    """Redeem for him; the slip is next."""
    public_no, made = known_form(public_no), list[str]()
    refusal = attempt(
        lambda: made.append(
            redeeming.redeem_for(
                actor=actor(), public_no=public_no, reward_code=field("reward", 20), price=number("price") or 0,
                key=field("key", 60) or new_token(), at=clock.now(),
            )
        )
    )  # fmt: skip
    return _for(public_no, refusal) if refusal else back(f"{PATH}/{made[0]}", "noted")
