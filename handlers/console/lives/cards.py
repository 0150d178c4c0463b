"""Printed cards: who has one, making and ending one, the sheet for the printer."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import request
from flask.typing import ResponseReturnValue

import clock
from handlers import parts
from handlers.console.frame import actor, attempt, back, need_role, render, said, words_of
from handlers.console.lists import Choice, Column, Link, Mark, Sheet, answer
from handlers.console.lives.proxies import photo
from handlers.pages.browser import field, known_form
from handlers.pictures import jpeg, pdf
from services.errors import Refusal, RefusalCode
from services.lives import cards, proxies
from services.lives.cards import CardView
from services.lives.files import MOST_BYTES
from services.participation import revocations
from wording import say

bp = APIBlueprint("console_cards", __name__, enable_openapi=False)

C = RefusalCode
SHEET = Sheet(
    name="志愿者卡",
    columns=(
        Column("name", "姓名", sort=True, whole=True), Column("serial", "卡号", whole=True), Column("state", "状态"),
        Column("issued", "发卡", sort=True, whole=True), Column("by", "谁发的", whole=True), Column("why", "作废理由"),
    ),
    choices=(Choice("state", "状态", (("living", "在用"), ("revoked", "已作废"))),),
    search="姓名或卡号",
    empty="还没有发过卡。在志愿者的页面里给他做一张。",
)  # fmt: skip


@bp.before_request
def allow_photos() -> None:
    """A photo of a face is larger than what the house takes elsewhere."""
    request.max_content_length = MOST_BYTES + 200_000


def _cells(card: CardView) -> dict[str, Any]:
    return {
        "name": Link(card.name, f"/console/people/{card.public_no}"),
        "serial": card.serial,
        "state": Mark("已作废", "bad") if card.revoked_at else Mark("在用", "ok"),
        "issued": card.issued_at.astimezone(clock.SHANGHAI).strftime("%Y-%m-%d"),
        "by": card.issued_by,
        "why": card.reason,
    }


@bp.get("/cards")
@need_role
def listed() -> ResponseReturnValue:
    """The cards of one's people."""
    return answer(
        SHEET, lambda wanted: cards.listed(actor=actor(), wanted=wanted, at=clock.now()), _cells, tab="manage"
    )


@bp.get("/teams/<code>/cards")
@need_role
def of_team(code: str) -> ResponseReturnValue:
    """The cards of a team as a PDF, ten on a page."""
    at = clock.now()
    name, people = cards.team_cards(actor=actor(), team_code=known_form(code), at=at)
    if not people:
        return render("lives/cards_none", tab="teams", team=name, code=code)
    return pdf(cards.sheet(parts=parts(), actor=actor(), people=people, at=at), say("paper.card.title"))


def _page(public_no: str, refusal: Refusal | None = None, form: str = "") -> ResponseReturnValue:
    at = clock.now()
    person = proxies.require_helper(actor=actor(), public_no=public_no, at=at)
    beside = {C.REASON_REQUIRED: "reason"}.get(refusal.code, "photo") if refusal else ""
    page = render(
        "lives/person_card", tab="manage",
        person=person.name, public_no=public_no, cards=cards.of(volunteer_id=person.id),
        problem=words_of(refusal), wrong=f"{form}-{beside}" if refusal else "", reason=field("reason", 200), form=form,
    )  # fmt: skip
    return said(page, refusal)


@bp.get("/people/<public_no>/card")
@need_role
def one(public_no: str) -> ResponseReturnValue:
    """His card, and the forms to make and end one."""
    return _page(known_form(public_no))


@bp.post("/people/<public_no>/card")
@need_role
def issue(public_no: str) -> ResponseReturnValue:
    """Make a card; the one he has ends."""
    public_no = known_form(public_no)
    refusal = attempt(
        lambda: cards.issue(
            parts=parts(), actor=actor(), public_no=public_no, photo=photo(), reason=field("reason", 200),
            at=clock.now(),
        )
    )  # fmt: skip
    return _done(public_no, refusal, "issue", "created")


@bp.post("/people/<public_no>/card/revoke")
@need_role
def revoke(public_no: str) -> ResponseReturnValue:
    """End it."""
    public_no = known_form(public_no)
    refusal = attempt(
        lambda: cards.revoke(actor=actor(), public_no=public_no, reason=field("reason", 200), at=clock.now())
    )
    return _done(public_no, refusal, "revoke", "voided")


@bp.post("/people/<public_no>/codes/revoke")
@need_role
def end_codes(public_no: str) -> ResponseReturnValue:
    """The codes on his phone: his telephone is lost, or a picture went round."""
    public_no = known_form(public_no)
    refusal = attempt(
        lambda: revocations.revoke(
            actor=actor(), public_no=public_no, reason=field("reason", 200), at=clock.now()
        )
    )
    return _done(public_no, refusal, "codes", "recoded")


def _done(public_no: str, refusal: Refusal | None, form: str, word: str) -> ResponseReturnValue:
    if refusal is not None and refusal.code is C.PROXY_GAINS:
        raise refusal
    return _page(public_no, refusal, form) if refusal else back(f"/console/people/{public_no}/card", word)


@bp.get("/people/<public_no>/card/print")
@need_role
def paper(public_no: str) -> ResponseReturnValue:
    """His card as a PDF."""
    people = [known_form(public_no)]
    return pdf(
        cards.sheet(parts=parts(), actor=actor(), people=people, at=clock.now()), say("paper.card.title")
    )


@bp.get("/people/<public_no>/card/photo")
@need_role
def face(public_no: str) -> ResponseReturnValue:
    """The photo on his card."""
    found = cards.photo_of(parts=parts(), actor=actor(), public_no=known_form(public_no), at=clock.now())
    return jpeg(found, "card")
