"""点单 without an account: what a station's code on the wall opens, and the secret link to follow what was sent."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import render_template, request
from flask.typing import ResponseReturnValue

import clock
from handlers import parts
from handlers.auth import opened_by_code
from handlers.errors import sentence, status_of
from handlers.pages.browser import field, known_form, redirected
from handlers.pages.evaluation import chosen_score
from handlers.pages.home import done
from services.errors import Refusal, RefusalCode
from services.planning import need_doors
from services.planning.needs import NeedDraft

bp = APIBlueprint("need_doors", __name__, enable_openapi=False)

C = RefusalCode
TEXTS = ("title", "content", "wanted_from", "wanted_until")
LONGEST = 600
#: Said on the form itself.
BESIDE = {
    C.FIELD_WRONG, C.CONSENT_REQUIRED, C.TOO_MANY_TRIES, C.NEED_STATE, C.EVALUATION_SCORE, C.EVALUATION_LATE,
    C.TEXT_TOO_LONG,
}  # fmt: skip
#: What people need, in their own words, and the kind that stands for it; whoever is unsure says so.
WISHES = (
    ("D3.care", "照顾老人、残疾人（陪护、打扫、理发、接送）"), ("D3.clinic", "义剪、义诊、修家电"),
    ("D4.legal", "法律上的事"), ("D4.mediation", "有矛盾，想请人调解"), ("D4.counselling", "心里不好受，想找人说说"),
    ("D4.visits", "想有人来看看"), ("D3.patrol", "治安、巡逻"), ("D3.ecology", "环境、河湖"),
    ("D3.other", "别的，或者说不清"),
)  # fmt: skip


@bp.get("/n/<region>")
def form(region: str) -> ResponseReturnValue:
    """The form of a place."""
    return _form(known_form(region, limit=12))


def _form(region: str, refusal: Refusal | None = None) -> ResponseReturnValue:
    names = (*TEXTS, "wish", "person", "phone", "place")
    wrong = str(refusal.facts.get("field", "")) if refusal and refusal.code is C.FIELD_WRONG else ""
    page = render_template(
        "pages/need_door.html", tab="", door=need_doors.door(region_code=region), wishes=WISHES,
        typed={name: field(name, LONGEST) for name in names}, home="private_home" in request.form,
        veteran="veteran" in request.form, problem=sentence(refusal) if refusal else "",
        wrong={"contact": "phone", "domain": "wish"}.get(wrong, wrong),
    )  # fmt: skip
    return (page, status_of(refusal.code)) if refusal else page


@bp.post("/n/<region>")
def send(region: str) -> ResponseReturnValue:
    """Take it in; the secret code is shown once."""
    region = known_form(region, limit=12)
    domain, _, sub = (field("wish", 40) or "D3.other").partition(".")
    draft = NeedDraft(
        domain=domain, sub_domain=sub, kind="veteran" if "veteran" in request.form else "public",
        private_home="private_home" in request.form, contact=f"{field('person', 20)} {field('phone', 30)}",
        **{name: field(name, LONGEST) for name in TEXTS},
    )  # fmt: skip
    try:
        sent = need_doors.send(
            parts=parts(), address=request.remote_addr or "", door_code=region, region_code=field("place", 12),
            draft=draft, agreed="agreed" in request.form, at=clock.now(),
        )  # fmt: skip
    except Refusal as refusal:
        if refusal.code not in BESIDE:
            raise
        return _form(region, refusal)
    return render_template("pages/need_sent.html", tab="", sent=sent, region=region)


@bp.get("/n/of/<token>")
def one(token: str) -> ResponseReturnValue:
    """How it stands."""
    return _one(known_form(token, limit=40))


def _one(token: str, refusal: Refusal | None = None) -> ResponseReturnValue:
    with opened_by_code("h5"):
        shown = need_doors.follow(token=token, at=clock.now())
    page = render_template(
        "pages/need_followed.html", tab="", need=shown, token=token, done=done(),
        score=chosen_score() or (shown.mine.score if shown.mine else 0),
        words=field("words", LONGEST) or (shown.mine.words if shown.mine else ""),
        problem=sentence(refusal) if refusal else "",
    )  # fmt: skip
    return (page, status_of(refusal.code)) if refusal else page


@bp.post("/n/of/<token>")
def act(token: str) -> ResponseReturnValue:
    """It is needed no longer, or how it was."""
    token, at = known_form(token, limit=40), clock.now()
    try:
        with opened_by_code("h5"):
            if "withdraw" in request.form:
                need_doors.withdraw(token=token, at=at)
            else:
                need_doors.judge(token=token, score=chosen_score(), words=field("words", LONGEST), at=at)
    except Refusal as refusal:
        if refusal.code not in BESIDE:
            raise
        return _one(token, refusal)
    return redirected(f"/n/of/{token}?done={'withdrawn' if 'withdraw' in request.form else 'judged'}")
