"""服务评价 on the phone: a volunteer of an activity he was at; by a short link, without an account, who was served."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import g, make_response, render_template, request
from flask.typing import ResponseReturnValue

import clock
from handlers.auth import cookie_name, me_id, need_volunteer, opened_by_code, set_cookie
from handlers.errors import sentence, status_of
from handlers.pages.browser import field, known_form, prefetching, redirected
from handlers.pages.home import done
from services.accounts import sessions
from services.codes import token_hash
from services.errors import Refusal, RefusalCode
from services.evaluation import evaluations, links

bp = APIBlueprint("evaluation", __name__, enable_openapi=False)

C = RefusalCode
LONGEST = 600
#: Said on the form itself.
BESIDE = {C.EVALUATION_SCORE, C.TEXT_TOO_LONG, C.EVALUATION_LATE, C.ACTIVITY_STATE}


def chosen_score() -> int:
    """The stars that were tapped, 0 for none."""
    text = field("score", 1)
    return int(text) if text.isascii() and text.isdigit() else 0


@bp.get("/m/activities/<code>/evaluation")
@need_volunteer("h5")
def form(code: str) -> ResponseReturnValue:
    """Stars and a few words; with what he said before."""
    return _form(known_form(code))


def _form(code: str, refusal: Refusal | None = None) -> ResponseReturnValue:
    judged = evaluations.my_judgement(volunteer_id=me_id(), activity_code=code, at=clock.now())
    mine = judged.mine
    page = render_template(
        "pages/evaluation.html", tab="hours", code=code, title=judged.title, mine=mine, done=done(),
        score=chosen_score() or (mine.score if mine else 0),
        words=field("words", LONGEST) or (mine.words if mine else ""),
        problem=sentence(refusal) if refusal else "",
    )  # fmt: skip
    return (page, status_of(refusal.code)) if refusal else page


@bp.post("/m/activities/<code>/evaluation")
@need_volunteer("h5")
def judge(code: str) -> ResponseReturnValue:
    """Say it, or change it within the days."""
    code = known_form(code)
    try:
        evaluations.judge_activity(
            actor=g.actor, activity_code=code, score=chosen_score(), words=field("words", LONGEST), at=clock.now()
        )
    except Refusal as refusal:
        if refusal.code not in BESIDE:
            raise
        return _form(code, refusal)
    return redirected(f"/m/activities/{code}/evaluation?done=saved")


@bp.get("/m/evaluations")
@need_volunteer("h5")
def about_me() -> ResponseReturnValue:
    """What organisers said of him."""
    return render_template(
        "pages/evaluations.html", tab="me", said=evaluations.about_me(volunteer_id=me_id())
    )


@bp.get("/e/<token>")
def served(token: str) -> ResponseReturnValue:
    """The form of somebody served; whether the link is still good is said at once."""
    return _served(token)


def _voted(token: str) -> str:
    """The kind of the cookie that a phone keeps which has judged by this link."""
    return f"voted-{token_hash(token.strip().lower())[:16]}"


def _served(token: str, refusal: Refusal | None = None) -> ResponseReturnValue:
    if cookie_name(_voted(token)) in request.cookies:
        return _again(refusal)
    shown, over = None, ""
    try:
        with opened_by_code("h5"):
            shown = links.asked(token=known_form(token, limit=40), at=clock.now())
    except Refusal as no:
        if no.code is not C.LINK_USED:
            raise
        over, refusal = sentence(no), no
    page = render_template(
        "pages/served.html", shown=shown, token=token, over=over, score=chosen_score(), words=field("words", LONGEST),
        problem=sentence(refusal) if refusal and not over else "", thanked=False,
    )  # fmt: skip
    return (page, status_of(refusal.code)) if refusal else page


def _again(refusal: Refusal | None) -> ResponseReturnValue:
    no = refusal or Refusal(C.EVALUATION_GIVEN)
    page = render_template("pages/served.html", thanked=False, given=True, over=sentence(no), shown=None)
    return page, status_of(no.code) if refusal else 200


@bp.post("/e/<token>")
def vote(token: str) -> ResponseReturnValue:
    """One vote. Who is logged in on this phone decides only whether it counts as verified."""
    if prefetching():
        return _served(token)
    at = clock.now()
    known = [
        sessions.authenticate(token=request.cookies.get(cookie_name(kind), ""), kind=kind, at=at)
        for kind in ("h5", "console")
    ]
    try:
        with opened_by_code("h5"):
            links.vote(
                token=known_form(token, limit=40), score=chosen_score(), words=field("words", LONGEST), at=at,
                by=[each.volunteer_id for each in known if each is not None],
                again=cookie_name(_voted(token)) in request.cookies,
            )  # fmt: skip
    except Refusal as refusal:
        if refusal.code not in (C.EVALUATION_SCORE, C.EVALUATION_GIVEN, C.TEXT_TOO_LONG, C.LINK_USED):
            raise
        return _served(token, refusal)
    answer = make_response(render_template("pages/served.html", thanked=True, over="", shown=None))
    set_cookie(answer, _voted(token), "1", days=60)
    return answer
